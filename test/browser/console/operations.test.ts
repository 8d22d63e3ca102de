import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startRole } from '../../../scripts/up/role-process.ts';
import { dictionaries } from '../../../services/console/web/i18n/dictionary.ts';
import { CallbackServer } from '../../rigs/callback-server.ts';
import { chromiumAvailable, startChromium } from '../../rigs/chromium.ts';
import { clientSecret, startIdentityProvider } from '../../rigs/identity-provider.ts';
import { freePort, waitFor } from '../../rigs/process.ts';
import { startSystem, type UpSystem } from '../../rigs/system.ts';
import { Upstream } from '../../rigs/upstream.ts';
import { newApnsKey } from '../../rigs/vendors/apns.ts';
import { newServiceAccount } from '../../rigs/vendors/fcm.ts';
import { lightEnglish, Visitor } from './visitor.ts';

const chromium = await chromiumAvailable();
const required = process.env['LONGWIRE_REQUIRE_BROWSER'] === '1';
const t = dictionaries.en;
const root = new URL('../../../', import.meta.url).pathname;

describe.skipIf(!chromium.ok && !required)('what operators do, on a running system', { timeout: 240_000 }, () => {
  let browser: Browser;
  let system: UpSystem;
  let visitor: Visitor;
  let page: Page;
  let app: string;
  beforeAll(async () => {
    browser = await startChromium();
    system = await startSystem({ console: true });
    app = system.run().app.appId;
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await system?.stop();
  }, 120_000);
  beforeEach(async () => {
    const { url, user, password } = system.run().console!;
    visitor = await Visitor.open(browser, url, lightEnglish);
    page = visitor.page;
    await visitor.signIn(t.signIn, user, password!);
  });
  afterEach(async () => {
    expect(visitor.faults.filter((fault) => !fault.startsWith('asked ws:'))).toEqual([]);
    await visitor.close();
  });

  const button = (name: string, on: Page = page) => on.getByRole('button', { name, exact: true });
  const dialog = (name: string) => page.getByRole('dialog', { name });
  const field = (label: string, on: Page = page) => on.getByLabel(label, { exact: true });

  test('a secret is rotated: the new one is shown once and holds, the old one during its grace time alone', async () => {
    await visitor.goto(`apps/${app}`);
    await button(`${t.apps.rotate}: ${t.apps.masterSecret}`).click();
    const asked = dialog(t.apps.rotateTitle(t.apps.masterSecret));
    await asked.getByRole('button', { name: t.apps.grace }).click();
    await page.getByRole('option', { name: t.apps.graceNone, exact: true }).click();
    await asked.getByRole('button', { name: t.apps.rotate, exact: true }).click();
    const shown = dialog(t.apps.newSecret);
    const secret = (await shown.locator('code').textContent())!;
    expect(secret.length).toBeGreaterThan(15);
    await shown.getByRole('button', { name: t.common.close, exact: true }).last().click();
    await shown.waitFor({ state: 'detached' });
    expect(await page.getByText(secret).count()).toBe(0);
    const run = system.run();
    const upstream = await Upstream.open({ ...run, app: { ...run.app, masterSecret: secret } });
    await upstream.close();
    await waitFor(
      'the old one is refused',
      () =>
        Upstream.open(run).then(
          () => false,
          () => true,
        ),
      30_000,
    );
  });

  test('a vendor’s channel is set from the vendor’s file, replaced and removed; wrong input is told and stays', async () => {
    const c = t.channels;
    const account = newServiceAccount();
    await visitor.goto(`apps/${app}`);
    const card = page.getByRole('region', { name: c.title });
    await card.getByText(c.empty).waitFor();
    await card.getByRole('button', { name: c.set, exact: true }).click();
    const form = dialog(c.set);
    const within = (name: keyof typeof c.fields) => form.getByLabel(c.fields[name], { exact: true });
    const save = form.getByRole('button', { name: t.common.save, exact: true });
    await within('project_id').fill('Demo One');
    await save.click();
    await form.getByText('Small letters, digits, : . and -').waitFor();
    expect(await form.getByText(t.faults.required, { exact: true }).count()).toBe(2);
    const json = { ...account, private_key: newApnsKey().privateKey };
    const choosing = page.waitForEvent('filechooser');
    await form.getByRole('button', { name: c.fromFile, exact: true }).click();
    const file = { name: 'account.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(json)) };
    await (await choosing).setFiles(file);
    await waitFor('the file is read', async () => (await within('client_email').inputValue()) === account.client_email);
    await save.click();
    await form.getByText(t.reasons.no_rsa_key).waitFor();
    expect(await within('project_id').inputValue()).toBe(account.project_id);
    await within('private_key').fill(account.private_key);
    await save.click();
    await form.waitFor({ state: 'detached' });
    const row = card.getByRole('row').filter({ hasText: c.kinds.fcm });
    await row.getByText(account.client_email).waitFor();
    const fingerprint = row.getByText(/^sha256:/);
    const before = await fingerprint.textContent();
    expect(await page.content()).not.toContain('PRIVATE KEY');

    await button(`${c.replace}: ${c.kinds.fcm}`).click();
    const anew = dialog(c.replaceTitle(c.kinds.fcm));
    expect(await anew.getByLabel(c.fields.project_id, { exact: true }).inputValue()).toBe(account.project_id);
    await anew.getByLabel(c.fields.private_key, { exact: true }).fill(newServiceAccount().private_key);
    await anew.getByRole('button', { name: t.common.save, exact: true }).click();
    await anew.waitFor({ state: 'detached' });
    await waitFor('the new ones are there', async () => (await fingerprint.textContent()) !== before);

    await button(t.common.remove(c.kinds.fcm)).click();
    const asked = dialog(c.removeTitle(c.kinds.fcm));
    await asked.getByRole('button', { name: c.remove, exact: true }).click();
    await card.getByText(c.empty).waitFor();
  });

  test('an operator is added, given another right and disabled', async () => {
    await visitor.goto('operators');
    await button(t.operators.create).click();
    const form = dialog(t.operators.create);
    await form.getByLabel(t.operators.name, { exact: true }).fill('not a name');
    await form.getByText(t.operators.nameHelp).waitFor();
    expect(await form.getByRole('button', { name: t.operators.create, exact: true }).isDisabled()).toBe(true);
    await form.getByLabel(t.operators.name, { exact: true }).fill('olga');
    await choose(form.getByRole('group', { name: `${t.operators.right} 1` }), t.operators.app, 'demo');
    await form.getByRole('button', { name: t.operators.create, exact: true }).click();
    const told = dialog(t.operators.passwordTitle('olga'));
    const password = (await told.locator('code').textContent())!;
    await told.getByRole('button', { name: t.common.close, exact: true }).click();
    const row = page.getByRole('row').filter({ hasText: 'olga' });
    await row.getByText(`${t.operators.viewer} · ${app}`).waitFor();

    const hers = await Visitor.open(browser, system.run().console!.url);
    await field(t.signIn.name, hers.page).fill('olga');
    await field(t.signIn.password, hers.page).fill(password);
    await button(t.signIn.submit, hers.page).click();
    await hers.page.getByRole('heading', { level: 1, name: t.overview.title }).waitFor();
    await hers.goto(`apps/${app}/send`);
    await hers.page.getByText(t.send.noRight).waitFor();

    await button(`${t.operators.edit}: olga`).click();
    const rights = dialog(t.operators.editTitle('olga'));
    const right = `${t.operators.sender}: ${t.operators.senderHelp}`;
    await choose(rights.getByRole('group', { name: `${t.operators.right} 1` }), t.operators.right, right);
    await rights.getByRole('button', { name: t.common.save, exact: true }).click();
    await row.getByText(`${t.operators.sender} · ${app}`).waitFor();
    await waitFor('she may send', async () => {
      await hers.goto(`apps/${app}/send`);
      return (await hers.page.getByText(t.send.noRight).count()) === 0;
    });

    await button(`${t.operators.disable}: olga`).click();
    await row.getByText(t.operators.disabled, { exact: true }).waitFor();
    await waitFor('her session is over', async () => {
      await hers.page.reload();
      return hers.page.getByRole('heading', { name: t.signIn.title }).isVisible();
    });
    await hers.close();
  });

  test('a device is kicked, put on the blacklist and taken off it', async () => {
    const cid = await phoneOnline();
    const other = await visitor.context.newPage();
    await other.goto(`${system.run().console!.url}apps/${app}/devices/${cid}`);
    await button(t.devices.kick, other).click();
    await other.getByRole('dialog').getByRole('button', { name: t.devices.kick, exact: true }).click();
    await page.getByText(t.virtual.reason_admin, { exact: true }).waitFor();
    await button(t.virtual.restart).click();
    await page.getByText(t.virtual.status_online, { exact: true }).waitFor({ timeout: 60_000 });
    await button(t.devices.blacklist, other).click();
    await other.getByRole('dialog').getByRole('button', { name: t.devices.blacklist, exact: true }).click();
    await page.getByText(t.virtual.reason_blacklisted, { exact: true }).waitFor();
    await other.getByText(t.devices.blacklisted, { exact: true }).first().waitFor();
    await button(t.devices.unlist, other).click();
    await button(t.devices.blacklist, other).waitFor();
    await button(t.virtual.restart).click();
    await page.getByText(t.virtual.status_online, { exact: true }).waitFor({ timeout: 60_000 });
  });

  test('a push to all is stopped; one that is shown is taken back from the device', async () => {
    await phoneOnline();
    const other = await visitor.context.newPage();
    const url = system.run().console!.url;
    await other.goto(`${url}apps/${app}/send`);
    await field(t.send.titleField, other).fill('Taken back');
    await field(t.send.body, other).fill('soon');
    await other.getByText(t.send.allDevices, { exact: true }).click();
    await button(t.send.submit, other).click();
    await other.getByRole('dialog').getByRole('button', { name: t.send.confirm, exact: true }).click();
    await other.getByRole('heading', { name: t.send.sentTitle, level: 1 }).waitFor();
    const message = page.getByRole('list', { name: t.virtual.inbox }).getByRole('listitem').first();
    await message.getByText('Taken back').waitFor({ timeout: 60_000 });
    await other.getByRole('link', { name: t.send.openTask, exact: true }).click();
    await button(t.tasks.stop, other).click();
    await other.getByRole('dialog').getByRole('button', { name: t.tasks.stop, exact: true }).click();
    await other.getByText(t.tasks.stopped_, { exact: true }).waitFor();
    await other.getByText(t.tasks.stopped, { exact: true }).waitFor();
    expect(await button(t.tasks.stop, other).count()).toBe(0);
    await button(t.tasks.recall, other).click();
    await other.getByRole('dialog').getByRole('button', { name: t.tasks.recall, exact: true }).click();
    await other.getByText(t.tasks.recalled, { exact: true }).waitFor();
    await message.getByText(t.virtual.recalled).waitFor({ timeout: 60_000 });
  });

  test('a callback URL is checked, saved and tried, and what became of it is told', async () => {
    const server = await CallbackServer.start((_, response) => void response.writeHead(202).end());
    try {
      await visitor.goto(`apps/${app}`);
      await field(t.apps.callbackUrl).fill('ftp://example.com');
      await page.getByText(t.faults.url).waitFor();
      await field(t.apps.callbackUrl).fill(server.url);
      await page
        .locator('form', { has: field(t.apps.callbackUrl) })
        .getByRole('button', { name: t.common.save })
        .click();
      await button(t.apps.test).click();
      await page.getByText(/^Answered 202 in/).waitFor();
      expect(server.lines).toMatchObject([{ appid: app, taskid: 'longwire_test' }]);
    } finally {
      await server.stop();
    }
    await button(t.apps.test).click();
    await page.getByText(/^No answer: .*ECONNREFUSED/).waitFor();
  });

  test('one signs in by a provider of another site, with its rights; who has none is told why', async () => {
    const [port, opsPort] = [await freePort(), await freePort()];
    const publicUrl = `http://127.0.0.1:${port}`;
    let account = 'one';
    const provider = await startIdentityProvider({
      redirectUri: `${publicUrl}/console/api/session/oidc/callback`,
      host: 'localhost',
      accounts: {
        one: { preferred_username: 'otto', groups: ['ops'] },
        two: { preferred_username: 'nora', groups: ['staff'] },
      },
      account: () => account,
    });
    const role = await startRole({
      script: join(root, 'services/console/main.ts'),
      cwd: root,
      logFile: join(system.dataDir, 'console-oidc.log'),
      env: {
        ...environmentOf(system.processOf('console-1').pid),
        ...{ LONGWIRE_INSTANCE: 'console-oidc', LONGWIRE_PORT: String(port), LONGWIRE_OPS_PORT: String(opsPort) },
        ...{ LONGWIRE_PUBLIC_URL: publicUrl, LONGWIRE_OIDC_NAME: 'Company', LONGWIRE_OIDC_RIGHTS: 'ops=admin:*' },
        ...{ LONGWIRE_OIDC_ISSUER: provider.issuer, LONGWIRE_OIDC_CLIENT_ID: 'console' },
        ...{ LONGWIRE_OIDC_CLIENT_SECRET: clientSecret, LONGWIRE_OIDC_SCOPE: 'openid profile' },
      },
    });
    try {
      await waitFor('it listens', () => fetch(`${publicUrl}/console/`).then(({ ok }) => ok), 60_000);
      const his = await Visitor.open(browser, `${publicUrl}/console/`);
      await his.page.getByRole('link', { name: t.signIn.with('Company'), exact: true }).click();
      await his.page.getByRole('heading', { name: t.overview.title, level: 1 }).waitFor();
      await button(`${t.shell.account}: otto`, his.page).waitFor();
      await his.page.reload();
      await button(`${t.shell.account}: otto`, his.page).waitFor();
      await his.close();
      account = 'two';
      const hers = await Visitor.open(browser, `${publicUrl}/console/`);
      await hers.page.getByRole('link', { name: t.signIn.with('Company'), exact: true }).click();
      await hers.page.getByText(t.signIn.failedProvider).waitFor();
      await hers.page.getByText(t.errors.forbidden).waitFor();
      await hers.close();
    } finally {
      await role.end();
      provider.stop();
    }
  });

  /** A virtual device in the visitor's page. @returns its cid */
  async function phoneOnline(): Promise<string> {
    await visitor.goto(`apps/${app}/virtual-devices`);
    await button(t.virtual.add).click();
    await page.getByText(t.virtual.status_online, { exact: true }).waitFor({ timeout: 60_000 });
    return (await page.locator('.phone-cid').textContent())!;
  }

  async function choose(within: ReturnType<Page['getByRole']>, label: string, text: string): Promise<void> {
    await within.getByRole('button', { name: new RegExp(`${label}$`) }).click();
    await page.getByRole('option', { name: text, exact: true }).click();
  }
});

function environmentOf(pid: number): NodeJS.ProcessEnv {
  const pairs = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean);
  return Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s).slice(0, 2) as [string, string]));
}
