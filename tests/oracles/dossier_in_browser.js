// Opens a page in a headless browser, wide and narrow, light and dark: no console
// message, no request beyond the file, no serious finding of axe-core.
const { chromium } = require('playwright-core');
const [page, axe] = process.argv.slice(2);

(async () => {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
           '--disable-component-update', '--disable-sync'],
  });
  let bad = 0;
  for (const [width, height, colorScheme] of [[1100, 1400, 'light'], [390, 844, 'dark']]) {
    // First as it is, with its own policy in force; then again with the policy set aside, for axe.
    const plain = await (await browser.newContext({ viewport: { width, height }, colorScheme })).newPage();
    plain.on('console', (m) => { bad++; console.log('console:', m.text()); });
    plain.on('pageerror', (e) => { bad++; console.log('error:', e.message); });
    plain.on('request', (r) => { if (!r.url().startsWith('file:')) { bad++; console.log('request:', r.url()); } });
    await plain.goto('file://' + page);
    const wide = await plain.evaluate(() => document.documentElement.scrollWidth - window.innerWidth).catch(() => 0);
    if (wide > 1) { bad++; console.log(`the page is ${wide} px wider than the window of ${width}`); }
    const bare = await (await browser.newContext({ viewport: { width, height }, colorScheme, bypassCSP: true })).newPage();
    await bare.goto('file://' + page);
    await bare.addScriptTag({ path: axe });
    const found = await bare.evaluate(async () => (await axe.run()).violations);
    for (const v of found) {
      console.log(colorScheme, v.impact, v.id, v.nodes.length, v.nodes[0].html.slice(0, 120));
      if (v.impact === 'serious' || v.impact === 'critical') bad++;
    }
  }
  await browser.close();
  process.exit(bad ? 1 : 0);
})();
