(() => {
  const root = document.currentScript ? document.currentScript.dataset.root : "";
  const start = () => {
    const box = document.getElementById("search");
    const list = document.getElementById("results");
    const count = document.getElementById("results-count");
    if (!box) return;
    const plain = (text) => text.toLowerCase().replace(/[-_\s]+/g, " ");
    const entries = INDEX.map(([name, kind, title, path]) => (
      { name, kind, title, path, key: plain(name), text: plain(`${name} ${kind} ${title}`) }));
    const rank = (entry, words, whole) =>
      entry.key === whole ? 0 : entry.key.startsWith(whole) ? 1 :
      words.every((word) => entry.key.includes(word)) ? 2 : 3;
    const show = () => {
      const whole = plain(box.value).trim();
      list.replaceChildren();
      if (!whole) { list.hidden = true; count.textContent = ""; return; }
      const words = whole.split(" ");
      const found = entries
        .filter((entry) => words.every((word) => entry.text.includes(word)))
        .map((entry) => [rank(entry, words, whole), entry])
        .sort((a, b) => a[0] - b[0] || a[1].key.localeCompare(b[1].key));
      for (const [, entry] of found.slice(0, 30)) {
        const item = document.createElement("li");
        const link = document.createElement("a");
        link.href = root + entry.path;
        link.textContent = entry.name;
        const note = document.createElement("span");
        note.className = "quiet";
        note.textContent = ` ${entry.kind}: ${entry.title}`;
        item.append(link, note);
        list.append(item);
      }
      count.textContent = found.length === 1 ? "1 found" : `${found.length} found`;
      list.hidden = found.length === 0;
    };
    box.addEventListener("input", show);
    box.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { box.value = ""; show(); }
      if (event.key === "Enter") { const first = list.querySelector("a"); if (first) first.click(); }
      if (event.key === "ArrowDown") { const first = list.querySelector("a"); if (first) { event.preventDefault(); first.focus(); } }
    });
    list.addEventListener("keydown", (event) => {
      const links = [...list.querySelectorAll("a")];
      const at = links.indexOf(document.activeElement);
      if (event.key === "ArrowDown" && at + 1 < links.length) { event.preventDefault(); links[at + 1].focus(); }
      if (event.key === "ArrowUp") { event.preventDefault(); (at > 0 ? links[at - 1] : box).focus(); }
      if (event.key === "Escape") { box.focus(); box.value = ""; show(); }
    });
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start); else start();
})();
