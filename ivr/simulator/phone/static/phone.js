// The practice phone: dials, shows what happens, sends keys and voice.

import {Microphone, whyNot} from './microphone.js';
import {Earpiece} from './sounds.js';

const el = id => document.getElementById(id);
const earpiece = new Earpiece();
const keys = [...document.querySelectorAll('.key')];
const WORKLET = new URL('./tap-worklet.js', import.meta.url);
const STATES = {
  dialling: 'Calling…', ringing: 'Ringing…', busy: 'One moment…', playing: 'The hotline speaks',
  waiting_for_keys: 'Your turn: press a key', recording: 'Recording: speak now',
};
const USE_FILE = ' Choose a WAV file, and it will speak for you.';

let call = null;
let microphone = null;

const ask = async (path, body) => {
  const answer = await fetch(`/handsets${path}`, {
    method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body ?? {}),
  });
  if (!answer.ok) throw new Error((await answer.json()).error);
  return answer.status === 204 ? null : answer.json();
};
const source = () => document.querySelector('[name=source]:checked').value;
const clockText = seconds => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;

function show(state, text) {
  el('display').dataset.state = state;
  el('state').textContent = text;
}

function note(text, warns = false) {
  el('voice-note').textContent = text;
  el('voice-note').classList.toggle('warns', warns);
}

function showControls() {
  const isOn = call !== null;
  keys.forEach(key => { key.disabled = !isOn; });
  el('call').disabled = isOn;
  el('hang-up').disabled = !isOn;
  el('file-row').hidden = source() !== 'file';
}

// --- voice -----------------------------------------------------------------

async function openMicrophone() {
  if (source() !== 'microphone') return;
  try {
    microphone = await Microphone.open(earpiece.context, WORKLET);
    microphone.onLevel = level => el('level').setAttribute('width', Math.min(100, level * 140).toFixed(1));
    note('The microphone is open. It is heard only while the hotline records.');
  } catch (error) {
    useFileInstead(whyNot(error));
  }
}

function useFileInstead(reason) {
  document.querySelector('[name=source][value=file]').checked = true;
  note(reason + USE_FILE, true);
  showControls();
}

function beginToSpeak(now) {
  if (microphone) microphone.begin(piece => sendVoice(now, piece, '?live=1'));
  else if (source() === 'file') speakFile(now);
}

async function speakFile(now) {
  const file = el('file').files[0];
  if (!file) { note('The hotline records.' + USE_FILE, true); return; }
  try {
    const {length_s: lengthS} = await sendVoice(now, file, '');
    note(`${file.name} speaks for ${clockText(lengthS)}. Then press # or stay silent.`);
  } catch (error) {
    note(error.message, true);
  }
}

async function sendVoice(now, body, query) {
  const answer = await fetch(`/handsets/calls/${now.id}/voice${query}`, {
    method: 'POST', headers: {'Content-Type': 'audio/wav'}, body,
  });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.error);
  return said;
}

// --- what happens ------------------------------------------------------------

const LINES = {
  dialling: () => 'Dialling',
  ringing: () => 'It rings',
  answered: () => 'Answered',
  playing: event => event.text ? `“${event.text}”` : 'A sound without words',
  key: event => `Key ${event.text}`,
  waiting_for_keys: () => 'The hotline waits for a key',
  recording_began: () => 'Beep: the hotline records',
  recording_ended: event => `The recording ends after ${event.length_s.toFixed(1)} s`,
  webhook: event => `Request to the hotline, ${event.status}, ${Math.round(event.ms)} ms`,
  error: event => `Error ${event.code}: ${event.text}`,
  ended: event => event.text === 'caller' ? 'You hung up' : 'The hotline ended the call',
};

function writeDown(event) {
  if (!LINES[event.kind]) return;
  const item = document.createElement('li');
  item.dataset.kind = event.kind;
  const time = document.createElement('time');
  time.textContent = clockText(event.at_s);
  const text = document.createElement('span');
  text.textContent = LINES[event.kind](event);
  item.append(time, text);
  const detail = event.prompts?.join(' ') ?? event.path;
  if (detail) item.append(Object.assign(document.createElement('code'), {textContent: detail}));
  el('empty').hidden = true;
  el('log').append(item);
  el('log').scrollTop = el('log').scrollHeight;
}

const REACTIONS = {
  answered: now => { now.answeredAt = performance.now(); },
  playing: (now, event) => {
    el('words').textContent = event.text ?? '';
    now.playing = {since: performance.now(), lengthS: event.length_s};
    if (event.sound) earpiece.play(event.sound);
  },
  played: now => { now.playing = null; earpiece.stop(); },
  beep: (now, event) => earpiece.beep((event.length_s ?? 0.5) * 0.8),
  recording_began: now => { now.recordingSince = performance.now(); tick(); beginToSpeak(now); },
  recording_ended: now => { now.recordingSince = null; microphone?.finish(); },
  ended: (now, event) => end(now, LINES.ended(event)),
};

async function follow(now) {
  let seen = 0;
  while (call === now) {
    const answer = await fetch(`/handsets/calls/${now.id}/events?after=${seen}`);
    const news = await answer.json();
    if (!answer.ok) throw new Error(news.error);
    seen += news.events.length;
    for (const event of news.events) {
      writeDown(event);
      REACTIONS[event.kind]?.(now, event);
    }
    if (call === now && STATES[news.state]) show(news.state, STATES[news.state]);
  }
}

function begin(id) {
  call = {id, answeredAt: null, recordingSince: null, playing: null};
  el('log').replaceChildren();
  el('words').textContent = '';
  el('clock').textContent = '0:00';
  show('ringing', STATES.ringing);
  showControls();
  const now = call;
  follow(now).catch(() => end(now, 'The telephone company does not answer any more'));
}

function end(now, words) {
  if (call !== now) return;
  const hadFocus = document.activeElement;
  call = null;
  earpiece.stop();
  microphone?.close();
  microphone = null;
  el('level').setAttribute('width', '0');
  note('');
  show('ended', words);
  el('call').textContent = 'Call again';
  showControls();
  if (hadFocus?.disabled) el('call').focus();
  waitForRinging();
}

// --- what she does -------------------------------------------------------------

async function dial() {
  el('call').disabled = true;
  el('ring').hidden = true;
  show('dialling', STATES.dialling);
  await earpiece.open();
  await openMicrophone();
  try {
    begin((await ask('/calls', {from: el('from').value, to: el('to').value})).call);
  } catch (error) {
    show('ended', error.message || 'The telephone company does not answer');
    showControls();
  }
}

async function press(digit) {
  const now = call;
  if (!now) return;
  earpiece.key(digit);
  if (microphone?.send) await microphone.flush();
  await ask(`/calls/${now.id}/keys`, {digits: digit}).catch(() => {});
}

async function hangUp() {
  const now = call;
  if (!now) return;
  el('hang-up').disabled = true;
  await microphone?.finish();
  await ask(`/calls/${now.id}/hang_up`).catch(() => end(now, 'You hung up'));
}

// --- when the hotline calls ------------------------------------------------------

let ringing = null;
let waiting = 0;

async function waitForRinging() {
  const mine = ++waiting;
  while (mine === waiting && call === null) {
    if (document.hidden) return;
    try {
      const rings = await ask('/ringing', {number: el('from').value, wait_s: ringing ? 0 : 20});
      if (mine !== waiting) return;
      ringing = rings.call;
      el('ring').hidden = ringing === null || call !== null;
      if (ringing) await new Promise(done => setTimeout(done, 1000));
    } catch {
      await new Promise(done => setTimeout(done, 5000));
    }
  }
}

async function answer() {
  const id = ringing;
  waiting++;
  ringing = null;
  el('ring').hidden = true;
  await earpiece.open();
  await openMicrophone();
  await ask(`/calls/${id}/pick_up`).then(() => begin(id), error => show('ended', error.message));
}

async function decline() {
  el('ring').hidden = true;
  await ask(`/calls/${ringing}/hang_up`).catch(() => {});
}

// --- at the start ------------------------------------------------------------------

async function fillNumbers() {
  const {numbers} = await (await fetch('/handsets/numbers')).json();
  el('to').replaceChildren(...numbers.map(({number, name}) => new Option(`${name}, ${number}`, number)));
}

// Long words move on as they are spoken; the keys below stay where they are.
function followWords({since, lengthS}) {
  const words = el('words');
  const share = Math.min(1, (performance.now() - since) / 1000 / lengthS);
  const line = words.clientHeight / 5;
  const top = (words.scrollHeight - words.clientHeight) * Math.max(0, share * 1.2 - 0.2);
  words.scrollTop = Math.round(top / line) * line;
}

function typed(event) {
  const isElsewhere = event.target.closest('select, input:not([type=radio]):not([type=checkbox])');
  if (isElsewhere || event.ctrlKey || event.altKey || event.metaKey) return;
  const key = keys.find(each => each.dataset.digit === event.key);
  if (!key || key.disabled) return;
  event.preventDefault();
  key.classList.add('down');
  setTimeout(() => key.classList.remove('down'), 150);
  press(event.key);
}

function tick() {
  if (call?.playing) followWords(call.playing);
  if (call?.recordingSince) el('clock').textContent = clockText((performance.now() - call.recordingSince) / 1000);
  else if (call?.answeredAt) el('clock').textContent = clockText((performance.now() - call.answeredAt) / 1000);
}

el('call').addEventListener('click', dial);
el('hang-up').addEventListener('click', hangUp);
el('answer').addEventListener('click', answer);
el('decline').addEventListener('click', decline);
keys.forEach(key => key.addEventListener('click', () => press(key.dataset.digit)));
document.addEventListener('keydown', typed);
document.addEventListener('visibilitychange', () => { if (!document.hidden && !call) waitForRinging(); });
document.querySelectorAll('[name=source]').forEach(each => each.addEventListener('change', () => { note(''); showControls(); }));
el('file').addEventListener('change', () => { if (call?.recordingSince && source() === 'file') speakFile(call); });
el('from').addEventListener('change', () => { if (!call) waitForRinging(); });
el('sound').addEventListener('change', () => { earpiece.isOn = el('sound').checked; if (!earpiece.isOn) earpiece.stop(); });
el('turns').addEventListener('change', () => document.querySelector('.log').classList.toggle('with-turns', el('turns').checked));
earpiece.onHeldBack = () => note('The browser holds the sound back. Hang up and press Call again.', true);
setInterval(tick, 250);

el('settings').open = matchMedia('(min-width: 56rem)').matches;
el('desk').hidden = false;
showControls();
fillNumbers().then(waitForRinging, () => show('ended', 'The telephone company does not answer'));
