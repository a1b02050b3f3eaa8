// Small comforts; everything works without them.
"use strict";
(() => {
  const summary = document.querySelector("[data-focus]");
  if (summary) summary.focus();

  // on a phone the present page may stand outside a row of links
  for (const link of document.querySelectorAll(".nav [aria-current], .tabs [aria-current]")) {
    const row = link.closest("nav");
    row.scrollLeft = link.offsetLeft - row.offsetLeft - (row.clientWidth - link.offsetWidth) / 2;
  }

  // a second press on a button does nothing for two seconds
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    if (form.method === "post") {
      form.dataset.sent = "1";
      setTimeout(() => {
        delete form.dataset.sent;
      }, 2000);
    }
  });
  // who comes back to the page by the back button may press again
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) for (const form of document.forms) delete form.dataset.sent;
  });

  const savings = new Map();  // what a form is just sending to be saved

  // a change of language takes along what is being typed: the page's own form is sent, to be shown again
  // (or the form written in last, where a page has several; what was chosen in a filter goes into the address);
  // where nothing was typed the page is only asked for anew, so that one can still go back
  let answers = document.getElementById("answers");
  const switcher = document.querySelector("form.languages");
  if (switcher) {
    let field = "";
    const altered = (part) => part.options
      ? [...part.options].some((option) => option.selected !== option.defaultSelected)
      : "defaultValue" in part && (part.value !== part.defaultValue || part.checked !== part.defaultChecked);
    const changed = (form) => [...form.elements].some((part) => part.type !== "hidden" && altered(part));
    document.addEventListener("input", (event) => {
      answers = event.target.form || answers;
      field = event.target.name;
    });
    // and one stays where one was
    const [path, name, down] = JSON.parse(sessionStorage.getItem("place") || "[]");
    sessionStorage.removeItem("place");
    if (path === location.pathname) {
      scrollTo(0, down);
      field = name;
      const target = name && document.querySelector(`main [name="${CSS.escape(name)}"]`);
      if (target) {
        target.focus({ preventScroll: true });
        setTimeout(() => target.dispatchEvent(new Event("input", { bubbles: true })));  // it is not saved yet
      }
    }
    switcher.addEventListener("submit", (event) => {
      const button = event.submitter;
      const saving = savings.get(answers);
      if (saving) {  // the page in the other language begins with what is being saved
        event.preventDefault();
        event.stopPropagation();
        saving.then(() => switcher.requestSubmit(button));
        return;
      }
      if (answers) answers.dataset.sent = "1";  // nor does it save itself any more
      sessionStorage.setItem("place", JSON.stringify([location.pathname, field, scrollY]));
      if (!answers || !(answers.elements.again || changed(answers))) return;
      if (answers.method === "get") {
        switcher.elements.next.value = `${location.pathname}?${new URLSearchParams(new FormData(answers))}`;
        return;
      }
      event.preventDefault();
      event.stopPropagation();
      const wanted = document.createElement("input");
      Object.assign(wanted, { type: "hidden", name: "to_language", value: button.value });
      answers.append(wanted);
      HTMLFormElement.prototype.submit.call(answers);
    });
  }

  // characters left, announced when the writing pauses
  for (const area of document.querySelectorAll("textarea[data-count]")) {
    const there = area.nextElementSibling;
    const line = there && there.matches(".counted") ? there : document.createElement("p");
    line.className = "counted";
    line.setAttribute("aria-live", "polite");
    area.after(line);
    let timer;
    const show = () => {
      const left = Number(area.dataset.count) - area.value.length;
      const more = area.value.trimEnd().split("\n").length - Number(area.dataset.lines || Infinity);
      line.classList.toggle("over", left < 0 || more > 0);
      const parts = [`${Math.abs(left)} ${left < 0 ? area.dataset.over : area.dataset.left}`];
      if (more > 0) parts.push(`${more} ${area.dataset.linesOver}`);
      line.textContent = parts.join(" · ");
    };
    area.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(show, 400);
    });
    show();
  }

  // another row: a copy of the last one (of its day, where the page goes by days), emptied but for its day and
  // beginning with the end of the one before; without this the server adds it
  for (const button of document.querySelectorAll("[data-another]")) {
    button.addEventListener("click", (event) => {
      const rows = [...button.form.querySelectorAll("[data-row]")];
      const day = button.closest("[data-day]");
      const last = day ? [...day.querySelectorAll("[data-row]")].at(-1) : rows.at(-1);
      const model = last || rows.findLast((row) => row.closest("[data-day]"));
      if (!model || rows.length >= Number(button.dataset.most)) return;
      event.preventDefault();
      const row = model.cloneNode(true);
      const next = 1 + Math.max(...rows.map((one) => Number(one.id.slice(4))));
      const renumbered = (text) => text
        .replace(/^([a-z_]+-)\d+(-|$)/, `$1${next}$2`)
        .replace(/^row-\d+$/, `row-${next}`);
      for (const part of [row, ...row.querySelectorAll("[id], [name], [for], [aria-describedby]")]) {
        for (const name of ["id", "name", "for", "aria-describedby"]) {
          if (part.hasAttribute(name)) part.setAttribute(name, renumbered(part.getAttribute(name)));
        }
      }
      for (const wrong of row.querySelectorAll(".error, [data-flag]")) wrong.remove();
      for (const field of row.querySelectorAll(".wrong")) field.classList.remove("wrong");
      for (const remove of row.querySelectorAll("[name=remove]")) remove.value = renumbered(remove.value);
      for (const input of row.querySelectorAll("input")) {
        const same = last && last.querySelector(`[name$='-${input.name.endsWith("-day") ? "day" : "ends"}']`);
        if (input.name.endsWith("-day")) input.value = day ? day.dataset.day : same.value;
        else input.value = input.name.endsWith("-begins") && same ? same.value : "";
        input.removeAttribute("aria-invalid");
        input.removeAttribute("aria-describedby");
      }
      const legend = row.querySelector("legend");
      if (legend) legend.textContent = legend.textContent.replace(/\d+/, String(next + 1));
      if (last) last.after(row);
      else button.before(row);
      row.querySelector("input:not([type=hidden])").focus();
    });
  }

  // who leaves the page with a file that is chosen but not sent is asked first
  addEventListener("beforeunload", (event) => {
    const unsent = [...document.querySelectorAll("form:not([data-sent]) input[type=file]")];
    if (unsent.some((input) => input.files.length)) event.preventDefault();
  });

  // a page that waits for the worker is shown anew once the worker is done; until then nothing on it moves
  if (document.querySelector("[data-waiting]")) {
    const look = async () => {
      try {
        const answer = await fetch(location.href, { signal: AbortSignal.timeout(10000) });
        if (!(await answer.text()).includes("data-waiting")) return location.reload();
      } catch {
        // asked again in a moment
      }
      setTimeout(look, 2000);
    };
    setTimeout(look, 1000);
  }

  // drafts are saved on the server as one goes
  for (const form of document.querySelectorAll("form[data-autosave]")) {
    if (form.elements.before) continue;  // somebody else saved meanwhile: only a press writes over it
    const line = form.querySelector("[data-saved]");
    let timer;
    let dirty = false;
    let busy = false;
    let pressed = null;
    const say = (words, wrong) => {
      if (!line) return;
      line.textContent = words;
      line.classList.toggle("wrong", Boolean(wrong));
    };
    const bytes = ([name, value]) => 200 + 3 * (name.length + value.length);  // at most, with what stands around it
    const small = (body) => [...body].reduce((sum, pair) => sum + bytes(pair), 0) < 60000;
    const save = () => {
      if (!dirty || busy || form.dataset.sent) return;
      savings.set(form, send().finally(() => savings.delete(form)));
    };
    const send = async () => {
      dirty = false;
      busy = true;
      const body = new FormData(form);
      try {
        const answer = await fetch(form.dataset.autosave, {
          method: "POST",
          body,
          headers: { "X-Autosave": "1" },
          keepalive: document.hidden && small(body),  // browsers refuse to send more when a page goes away
          redirect: "manual",
          signal: AbortSignal.timeout(30000),
        });
        const told = await answer.json().catch(() => null);
        if (told) {
          if (answer.ok) form.querySelector("[name=version]").value = told.version;
          say(told.message, !answer.ok);
          if (dirty) later();  // something was typed while this was on its way
        } else {  // an answer in another form than this page's: the connection is there
          dirty = true;
          say(form.dataset.refused, true);
        }
      } catch (error) {
        dirty = true;
        say(error.name === "TimeoutError" ? form.dataset.refused : form.dataset.offline, true);
      }
      busy = false;
      if (pressed) {
        const button = pressed.button;
        pressed = null;
        form.requestSubmit(button);
      }
    };
    const later = () => {
      clearTimeout(timer);
      timer = setTimeout(save, 1500);
    };
    form.addEventListener("input", (event) => {
      if (event.target.type === "file") return;
      dirty = true;
      later();
    });
    // a press on a button waits for the saving under way: sent together, the two would contradict each other
    form.addEventListener("submit", (event) => {
      if (!busy) return;
      event.preventDefault();
      event.stopPropagation();
      pressed = { button: event.submitter };
    });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) save();
    });
    if ("unsaved" in form.dataset) {  // what a button without saving has changed
      dirty = true;
      later();
    }
  }
})();
