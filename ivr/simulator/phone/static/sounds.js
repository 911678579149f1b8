// What the telephone itself sounds like: the hotline's prompts, the tone of a key, the beep.

const ROWS_HZ = {1: 697, 2: 697, 3: 697, 4: 770, 5: 770, 6: 770, 7: 852, 8: 852, 9: 852, '*': 941, 0: 941, '#': 941};
const COLUMNS_HZ = {1: 1209, 4: 1209, 7: 1209, '*': 1209, 2: 1336, 5: 1336, 8: 1336, 0: 1336, 3: 1477, 6: 1477, 9: 1477, '#': 1477};

/** The earpiece; opened by a tap, so that browsers let it sound. */
export class Earpiece {
  constructor() {
    this.audio = new Audio();
    this.context = null;
    this.isOn = true;
    this.onHeldBack = () => {};
  }

  async open() {
    this.context ??= new AudioContext();
    await this.context.resume();
  }

  play(key) {
    if (!this.isOn) return;
    this.audio.src = `/handsets/sounds/${key}.wav`;
    this.audio.play().catch(error => { if (error.name === 'NotAllowedError') this.onHeldBack(); });
  }

  stop() { this.audio.pause(); }

  key(digit) { this.tone([ROWS_HZ[digit], COLUMNS_HZ[digit]], 0.12, 0.05); }

  beep(lengthS) { this.tone([1000], lengthS, 0.08); }

  tone(frequencies, lengthS, loudness) {
    if (!this.isOn || !this.context) return;
    const volume = this.context.createGain();
    volume.gain.value = loudness;
    volume.connect(this.context.destination);
    for (const frequency of frequencies) {
      const oscillator = this.context.createOscillator();
      oscillator.frequency.value = frequency;
      oscillator.connect(volume);
      oscillator.start();
      oscillator.stop(this.context.currentTime + lengthS);
    }
  }
}
