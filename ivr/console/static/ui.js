// What makes every page better: leaving at once, news in the inbox, local times, saving by keys.
const POLL_MS = 20_000;
const LEAVE_WITHIN_MS = 3_000;

function leaveByShift() {
  let presses = [];
  addEventListener("keyup", (event) => {
    if (event.key !== "Shift") { presses = []; return; }
    const now = Date.now();
    presses = presses.filter((at) => now - at < LEAVE_WITHIN_MS).concat(now);
    if (presses.length === 3) document.getElementById("leave")?.requestSubmit();
  });
}

// The page goes blank before the answer comes: on a slow line that is seconds.
function blankOnLeaving() {
  document.getElementById("leave")?.addEventListener("submit", () => {
    document.body.hidden = true;
    document.title = " ";
  });
}

// A page that the browser kept in memory could show what a person who left had open.
function askAgainOnReturn() {
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
}

function localTimes() {
  const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
  for (const time of document.querySelectorAll("time[data-local]")) time.textContent = format.format(new Date(time.dateTime));
}

function saveByKeys() {
  for (const field of document.querySelectorAll("[data-save-keys]")) {
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) field.form.requestSubmit();
    });
  }
}

// Two clicks must not keep a note twice.
function sendOnce() {
  for (const form of document.querySelectorAll("form[method=post]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
    });
  }
}

function watchForNews(bar) {
  let tag = "";
  let timer = 0;
  const show = (text) => {
    if (bar.firstElementChild.textContent === text) return;
    bar.hidden = false;
    bar.firstElementChild.textContent = text;
  };
  async function ask() {
    const answer = await fetch(bar.dataset.news, { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
    if (answer.status === 401) { clearInterval(timer); show(bar.dataset.over); return; }
    if (answer.status !== 200) return;
    tag = answer.headers.get("ETag") ?? "";
    const { new: count } = await answer.json();
    if (count > 0) show(count === 1 ? bar.dataset.one : bar.dataset.many.replace("#", count));
  }
  // A lost connection is no news; the next round asks again.
  const round = () => ask().catch(() => {});
  const watch = () => {
    clearInterval(timer);
    if (document.visibilityState === "visible") timer = setInterval(round, POLL_MS);
  };
  document.addEventListener("visibilitychange", () => { watch(); if (document.visibilityState === "visible") round(); });
  watch();
}

leaveByShift();
blankOnLeaving();
askAgainOnReturn();
localTimes();
saveByKeys();
sendOnce();
const news = document.querySelector("[data-news]");
if (news) watchForNews(news);
