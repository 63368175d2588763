import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { AppsManifestCreateArguments } from '@slack/web-api';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { neededScopes } from '../src/slack/check.ts';

type Manifest = Exclude<AppsManifestCreateArguments['manifest'], string>;

describe('manifest.yml', () => {
  const manifest: Manifest = parse(readFileSync('manifest.yml', 'utf8'));

  it('matches the manifest types of @slack/web-api in every property', () => {
    const folder = 'node_modules/.cache/rolemine';
    const file = `${folder}/manifest.ts`;
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      file,
      `import type { AppsManifestCreateArguments } from '@slack/web-api';
       export const manifest: AppsManifestCreateArguments['manifest'] = ${JSON.stringify(manifest)};`,
    );
    const options =
      '--ignoreConfig --noEmit --strict --skipLibCheck --module nodenext --types node';
    const check = spawnSync('npx', ['tsc', ...options.split(' '), file], { encoding: 'utf8' });
    expect(check.stdout).toBe('');
    expect(check.status).toBe(0);
  });

  it('requests exactly the scopes that doctor checks', () => {
    expect([...(manifest.oauth_config?.scopes?.bot ?? [])].sort()).toEqual(
      [...neededScopes].sort(),
    );
    expect(manifest.oauth_config?.scopes?.user).toBeUndefined();
  });

  it('lets people message the app, open its Home tab and run /rolemine', () => {
    expect(manifest.features?.app_home).toEqual({
      home_tab_enabled: true,
      messages_tab_enabled: true,
      messages_tab_read_only_enabled: false,
    });
    const events = ['app_home_opened', 'message.im', 'team_join', 'user_change'];
    expect(manifest.settings?.event_subscriptions?.bot_events).toEqual(events);
    expect(manifest.settings).toMatchObject({
      interactivity: { is_enabled: true },
      socket_mode_enabled: true,
    });
    // Without should_escape "manager=@ana" would arrive without Ana's id.
    expect(manifest.features?.slash_commands).toEqual([
      expect.objectContaining({ command: '/rolemine', should_escape: true }),
    ]);
  });

  it('stays within the length limits of Slack', () => {
    const { name, description = '', long_description = '' } = manifest.display_information;
    expect(name.length).toBeLessThanOrEqual(35);
    expect(description.length).toBeLessThanOrEqual(140);
    expect(long_description.length).toBeGreaterThanOrEqual(175);
    expect(long_description.length).toBeLessThanOrEqual(4000);
    expect(manifest.features?.bot_user?.display_name).toMatch(/^[a-z0-9._-]{1,80}$/);
    for (const command of manifest.features?.slash_commands ?? []) {
      expect(command.command.length).toBeLessThanOrEqual(32);
      expect(command.description.length).toBeLessThanOrEqual(2000);
      expect(command.usage_hint?.length).toBeLessThanOrEqual(1000);
    }
  });
});
