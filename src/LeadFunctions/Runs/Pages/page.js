// What the pages can do without: times in the reader's zone, and fetching the page again while it is looked at.
(() => {
  'use strict';

  const every = 5000;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || 'local time';
  const two = number => String(number).padStart(2, '0');
  const day = at => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const clock = at => `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;

  function localise(root) {
    for (const time of root.querySelectorAll('time')) {
      const at = new Date(time.dateTime);
      time.title = time.textContent;
      time.textContent = `${day(at)} ${clock(at)}`;
    }
  }

  // The form's times are the reader's; what is asked for is UTC.
  function localiseFilter(form) {
    const fields = [...form.querySelectorAll('input[type=datetime-local]')];
    for (const label of form.querySelectorAll('.zone')) label.textContent = '';
    for (const field of fields) {
      if (field.value) {
        const at = new Date(`${field.value}Z`);
        field.value = `${day(at)}T${clock(at)}`;
      }
    }

    form.addEventListener('submit', () => {
      for (const field of fields) {
        if (field.value) {
          const exact = document.createElement('input');
          Object.assign(exact, { type: 'hidden', name: field.name, value: new Date(field.value).toISOString() });
          form.append(exact);
        }

        field.removeAttribute('name');
      }

      for (const field of form.querySelectorAll('input, select')) {
        if (!field.value) field.removeAttribute('name');
      }
    });
    // Back from the next page the browser shows this one as it was left: with fields that have no names.
    window.addEventListener('pageshow', event => { if (event.persisted) location.reload(); });
  }

  // As the server wrote each part, before its times were changed: what is compared with the next answer.
  const written = new Map();
  const remember = root => {
    for (const part of root.querySelectorAll('[data-part]')) written.set(part.id, part.innerHTML);
    for (const row of root.querySelectorAll('[data-rows] > *')) written.set(row.id, row.innerHTML);
  };

  const isBusy = part => {
    const active = document.activeElement;
    return [...part.querySelectorAll('form')].some(form => form.contains(active) && active.matches('input, select, textarea'))
      || [...part.querySelectorAll('input:not([type=hidden])')].some(input => input.type === 'checkbox' ? input.checked !== input.defaultChecked : input.value !== input.defaultValue);
  };

  // An element's way back after its part was swapped: its id, or its place among those of its kind in the nearest element with an id.
  function pathTo(element) {
    const owner = element.closest('[id]');
    return owner && { id: owner.id, tag: element.tagName, index: owner === element ? -1 : [...owner.querySelectorAll(element.tagName)].indexOf(element) };
  }

  const follow = path => {
    const owner = document.getElementById(path.id);
    return path.index < 0 ? owner : owner?.querySelectorAll(path.tag)[path.index];
  };

  function swap(part, fresh) {
    const focused = part.contains(document.activeElement) ? pathTo(document.activeElement) : null;
    const open = [...part.querySelectorAll('details[open][id]')].map(details => details.id);
    part.replaceChildren(...fresh.childNodes);
    localise(part);
    for (const id of open) document.getElementById(id)?.setAttribute('open', '');
    if (focused) follow(focused)?.focus({ preventScroll: true });
  }

  function swapRows(rows, fresh) {
    let arrived = 0;
    const known = new Map([...rows.children].map(row => [row.id, row]));
    const wanted = [...fresh.children];
    for (const row of rows.querySelectorAll(':scope > *')) {
      if (!wanted.some(other => other.id === row.id)) { row.remove(); written.delete(row.id); }
    }

    wanted.forEach((row, index) => {
      const html = row.innerHTML;
      let mine = known.get(row.id);
      if (!mine) {
        mine = document.importNode(row, true);
        localise(mine);
        mine.classList.add('changed');
        arrived++;
      } else if (written.get(row.id) !== html) {
        swap(mine, document.importNode(row, true));
        mine.classList.remove('changed');
        void mine.offsetWidth;
        mine.classList.add('changed');
      }

      written.set(row.id, html);
      if (rows.children[index] !== mine) rows.insertBefore(mine, rows.children[index] ?? null);
    });
    return arrived;
  }

  function take(fresh) {
    let changed = false, arrived = 0;
    for (const part of fresh.querySelectorAll('[data-part]')) {
      const mine = document.getElementById(part.id);
      const html = part.innerHTML;
      if (!mine || written.get(part.id) === html || isBusy(mine)) continue;
      const rows = mine.querySelector('[data-rows]'), freshRows = part.querySelector('[data-rows]');
      written.set(part.id, html);
      changed = true;
      if (rows && freshRows) {
        arrived += swapRows(rows, freshRows);
        for (const [own, other] of [['h2', 'h2'], ['.pages', '.pages']]) {
          const before = mine.querySelector(own), after = part.querySelector(other);
          if (before && after && before.innerHTML !== after.innerHTML) swap(before, document.importNode(after, true));
        }
      } else {
        swap(mine, document.importNode(part, true));
        for (const row of part.querySelectorAll('[data-rows] > *')) written.set(row.id, row.innerHTML);
      }
    }

    return changed ? (arrived ? `${arrived} new` : 'Updated') + ` at ${clock(new Date())}` : '';
  }

  function live() {
    const button = document.getElementById('live'), state = document.getElementById('live-state');
    let on = true, failed = false, waiting = 0;

    const say = text => { if (state.textContent !== text) state.textContent = text; };
    const plan = () => { clearTimeout(waiting); if (on && !document.hidden) waiting = setTimeout(look, every); };

    async function look() {
      try {
        const answer = await fetch(location.href, { headers: { Accept: 'text/html' }, credentials: 'same-origin', cache: 'no-store' });
        if (answer.status === 401) { on = false; button.hidden = true; say('Signed out. Load the page again to sign in.'); return; }
        if (!answer.ok) throw new Error(String(answer.status));
        const text = take(new DOMParser().parseFromString(await answer.text(), 'text/html'));
        if (text) say(text); else if (failed) say('');
        failed = false;
      } catch {
        if (!failed) say(`Not reachable since ${clock(new Date())}; trying again`);
        failed = true;
      }

      plan();
    }

    button.hidden = false;
    button.addEventListener('click', () => {
      on = !on;
      button.setAttribute('aria-pressed', String(on));
      if (on) look(); else clearTimeout(waiting);
    });
    document.addEventListener('visibilitychange', () => { clearTimeout(waiting); if (on && !document.hidden) look(); });
    plan();
  }

  remember(document);
  localise(document);
  document.getElementById('zone').textContent = `Times are in your zone, ${zone}.`;
  const filter = document.getElementById('filter');
  if (filter) localiseFilter(filter);
  // A notice is said once: not again when the page is loaded again or kept as a bookmark.
  const here = new URL(location.href);
  if (here.searchParams.has('done')) {
    here.searchParams.delete('done');
    history.replaceState(null, '', here);
  }

  // An action that is done in steps goes on by itself.
  document.querySelector('form[data-go-on]')?.requestSubmit();

  if (document.body.hasAttribute('data-live')) live();
})();
