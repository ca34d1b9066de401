// A browser that a test controls: each line of JSON on stdin is one step, and gets one line of JSON as its answer.
'use strict';
const { createInterface } = require('node:readline');
const puppeteer = require('puppeteer-core');

const [executablePath, origin, ...options] = process.argv.slice(2);
// Prevents a test from waiting for ever.
const timeout = 60_000;

const steps = {
  open: (page, { path }) => page.goto(origin + path, { waitUntil: 'domcontentloaded', timeout }).then(() => page.url()),
  cookie: (page, { name, value }) => page.browserContext().setCookie({ name, value, domain: new URL(origin).hostname, path: '/', secure: true }),
  // Clicks an element by its visible text.
  press: async (page, { text }) => {
    const found = await page.waitForSelector(
      `:is(button, a, [role=button], [role=tab], [role=option], [role=menuitem]) ::-p-text(${text}), :is(button, a, [role=option])::-p-text(${text})`,
      { visible: true, timeout },
    );
    await found.evaluate(e => e.scrollIntoView({ block: 'center' }));
    await found.click();
    return text;
  },
  // Fills a field, found by its label.
  fill: async (page, { label, value, nth = 0 }) => {
    await page.waitForFunction((l, n) => fields(l)[n], { timeout }, label, nth);
    const field = await page.evaluateHandle((l, n) => fields(l)[n], label, nth);
    await field.evaluate(e => e.scrollIntoView({ block: 'center' }));
    await field.click({ clickCount: 3 });
    await page.keyboard.press('Backspace');
    await field.type(String(value));
    await page.keyboard.press('Tab');
    return field.evaluate(e => e.value);
  },
  // Selects an option of a field. When there is only one option, Backstage selects it and disables the field.
  pick: async (page, { label, option }) => {
    await page.waitForFunction(l => fields(l)[0], { timeout }, label);
    const field = await page.evaluateHandle(l => fields(l)[0], label);
    await field.click();
    await field.type(option);
    const listed = `[role=option]::-p-text(${option})`;
    const selected = page.waitForFunction((f, o) => f.disabled && f.value.includes(o), { timeout }, field, option);
    const clicked = page.waitForSelector(listed, { visible: true, timeout }).then(e => e.click());
    await Promise.any([selected, clicked]);
    // The list covers the page while it closes.
    await page.waitForSelector('[role=option]', { hidden: true, timeout });
    return field.evaluate(e => e.value);
  },
  // Checks a checkbox, found by its label. The form unchecks it again while another field is still being updated, so this repeats.
  tick: async (page, { label }) => {
    const end = Date.now() + timeout;
    for (let checked = false; !checked && Date.now() < end; ) {
      await page.waitForFunction(l => fields(l)[0], { timeout }, label);
      await page.evaluate(l => fields(l)[0].checked || fields(l)[0].click(), label);
      await new Promise(resolve => setTimeout(resolve, 500));
      checked = await page.evaluate(l => fields(l)[0].checked, label);
    }
    return label;
  },
  // Adds an item to a list, found by its title.
  add: async (page, { label }) => {
    const button = await page.waitForFunction(
      l => {
        let list = [...document.querySelectorAll('[id$="__title"], h5, h6')].find(t => t.innerText.trim() === l);
        while (list && !list.querySelector('button[title="Add Item"]')) list = list.parentElement;
        return list?.querySelector('button[title="Add Item"]');
      },
      { timeout },
      label,
    );
    await button.evaluate(e => e.scrollIntoView({ block: 'center' }));
    await button.click();
    return label;
  },
  see: async (page, { text }) => {
    // CSS shows some texts in capitals.
    const shown = t => document.body.innerText.toLowerCase().includes(t.toLowerCase());
    await page.waitForFunction(shown, { timeout }, text);
    return text;
  },
  text: page => page.evaluate(() => document.body.innerText),
  links: page =>
    page.evaluate(() => [...document.querySelectorAll('a[href]')].map(a => `${a.textContent.trim()} ${a.href}`)),
  shot: async (page, { file }) => {
    await page.screenshot({ path: file });
    return file;
  },
};

(async () => {
  const browser = await puppeteer.launch({
    executablePath,
    // In containers and as root, the sandbox has no user namespaces, and /dev/shm is small.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--lang=en', ...options],
    defaultViewport: { width: 1280, height: 900 },
  });
  const page = await browser.newPage();
  await page.evaluateOnNewDocument(() => {
    window.fields = label =>
      [...document.querySelectorAll('label')]
        .filter(l => l.innerText.replace(/[\s*]+$/u, '') === label)
        .map(l => l.control ?? document.getElementById(l.htmlFor) ?? l.parentElement.querySelector('input, textarea'))
        .filter(Boolean);
  });
  page.on('pageerror', e => console.error('page:', String(e)));
  for await (const line of createInterface({ input: process.stdin })) {
    const step = JSON.parse(line);
    try {
      console.log(JSON.stringify({ answer: await steps[step.do](page, step) }));
    } catch (e) {
      const seen = await page.evaluate(() => document.body.innerText).catch(() => '');
      console.log(JSON.stringify({ error: `${line}: ${e}`, seen }));
    }
  }
  await browser.close();
})();
