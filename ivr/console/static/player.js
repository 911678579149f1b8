// The player: waveform, keys and words in step with the sound. Without it the browser's own controls play.
const BACK_ON_RESUME_S = 1;
const SPEED_KEY = "speed";

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

class Player {
  constructor(box) {
    this.audio = box.querySelector("audio");
    this.length = Number(box.dataset.length) / 1000;
    this.range = box.querySelector("input[type=range]");
    this.played = box.querySelector("rect");
    this.width = box.querySelector("svg")?.viewBox.baseVal.width ?? 0;
    this.button = box.querySelector(".play");
    this.speed = box.querySelector("select");
    this.clock = box.querySelector(".clock");
    const words = document.querySelector(`[data-words="${box.dataset.player}"]`);
    this.words = words && new Words(words, this, box.querySelector(".follow"));
    this.takeOver(box);
  }

  takeOver(box) {
    this.audio.controls = false;
    this.range.hidden = box.querySelector(".controls").hidden = false;
    this.button.addEventListener("click", () => this.toggle());
    for (const skip of box.querySelectorAll("[data-skip]")) skip.addEventListener("click", () => this.seek(this.audio.currentTime + Number(skip.dataset.skip)));
    this.range.addEventListener("input", () => this.seek(this.range.value / 1000));
    this.keepSpeed();
    for (const kind of ["play", "pause", "ended"]) this.audio.addEventListener(kind, () => this.showState());
    for (const kind of ["timeupdate", "seeked"]) this.audio.addEventListener(kind, () => this.showPlace());
    this.showPlace();
  }

  keepSpeed() {
    const kept = localStorage.getItem(SPEED_KEY);
    if ([...this.speed.options].some((option) => option.value === kept)) this.speed.value = kept;
    const set = () => { this.audio.defaultPlaybackRate = this.audio.playbackRate = Number(this.speed.value); };
    this.speed.addEventListener("change", () => { localStorage.setItem(SPEED_KEY, this.speed.value); set(); });
    set();
  }

  toggle() {
    if (!this.audio.paused) { this.audio.pause(); return; }
    if (!this.audio.ended && this.audio.currentTime > 0 && !this.isPlaced) this.seek(this.audio.currentTime - BACK_ON_RESUME_S);
    this.isPlaced = false;
    for (const other of document.querySelectorAll("audio")) if (other !== this.audio) other.pause();
    this.audio.play();
  }

  // After a chosen place, playing goes on from exactly there.
  seek(seconds) {
    this.isPlaced = true;
    this.audio.currentTime = Math.min(Math.max(seconds, 0), this.length);
    this.showPlace();
  }

  playFrom(seconds) {
    this.seek(seconds);
    if (this.audio.paused) this.toggle();
  }

  showState() {
    const { play, pause } = this.button.dataset;
    this.button.textContent = this.audio.paused ? play : pause;
    if (!this.audio.paused) this.follow();
  }

  // The browser tells the time four times a second only; words are shorter than that.
  follow() {
    this.showPlace();
    if (!this.audio.paused) requestAnimationFrame(() => this.follow());
  }

  showPlace() {
    const at = this.audio.currentTime;
    this.range.value = Math.round(at * 1000);
    const [now, all] = [clock(at), clock(Math.round(this.length))];
    if (now !== this.said) {
      this.said = now;
      this.clock.textContent = `${now} / ${all}`;
      this.range.setAttribute("aria-valuetext", this.range.dataset.text.replace("#", now).replace("#", all));
    }
    this.played?.setAttribute("width", this.length ? (at / this.length) * this.width : 0);
    this.words?.show(at * 1000);
  }
}

class Words {
  constructor(box, player, hint) {
    this.spans = [...box.querySelectorAll("[data-from]")];
    this.starts = this.spans.map((span) => Number(span.dataset.from));
    this.player = player;
    this.current = -1;
    this.takeOver(box, hint);
  }

  takeOver(box, hint) {
    if (hint) hint.hidden = false;
    box.classList.add("heard");
    box.tabIndex = 0;
    box.setAttribute("role", "group");
    if (hint) box.setAttribute("aria-describedby", hint.id);
    for (const span of this.spans) span.tabIndex = -1;
    box.addEventListener("click", (event) => this.playAt(event.target.closest("[data-from]")));
    box.addEventListener("keydown", (event) => this.key(event));
  }

  key(event) {
    const here = this.spans.indexOf(document.activeElement);
    const isRightToLeft = getComputedStyle(event.currentTarget).direction === "rtl";
    const step = { ArrowRight: isRightToLeft ? -1 : 1, ArrowLeft: isRightToLeft ? 1 : -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (step) this.spans.at(Math.min(Math.max(here < 0 ? Math.max(this.current, 0) : here + step, 0), this.spans.length - 1)).focus();
    else if (event.key === "Enter" && here >= 0) this.playAt(this.spans[here]);
    else return;
    event.preventDefault();
  }

  playAt(span) {
    if (span) this.player.playFrom(Number(span.dataset.from) / 1000);
  }

  // The last word that has begun is the current one, until the next begins.
  show(atMs) {
    let next = 0;
    while (next < this.starts.length && this.starts[next] <= atMs + 1) next += 1;
    const current = atMs > 0 ? next - 1 : -1;
    if (current === this.current) return;
    this.spans[this.current]?.classList.remove("now");
    this.spans[current]?.classList.add("now");
    this.current = current;
  }
}

for (const box of document.querySelectorAll("[data-player]")) new Player(box);
