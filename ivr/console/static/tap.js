// Hands on what the microphone hears, piece by piece; runs in the audio thread.
registerProcessor("tap", class extends AudioWorkletProcessor {
  process(inputs) {
    const heard = inputs[0][0];
    if (heard) this.port.postMessage(heard.slice(0));
    return true;
  }
});
