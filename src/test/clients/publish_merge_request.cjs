// Runs Backstage's own publish:gitlab:merge-request once for each line of JSON on stdin, and prints one line of JSON for each.
'use strict';
const { mkdtempSync, mkdirSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { dirname, join } = require('node:path');
const { createInterface } = require('node:readline');
const { ConfigReader } = require('@backstage/config');
const { ScmIntegrations } = require('@backstage/integration');
const { createPublishGitlabMergeRequestAction } = require('@backstage/plugin-scaffolder-backend-module-gitlab');

const [url, token] = process.argv.slice(2);
const { host } = new URL(url);
const config = { host, baseUrl: url, apiBaseUrl: `${url}/api/v4`, token };
const integrations = ScmIntegrations.fromConfig(new ConfigReader({ integrations: { gitlab: [config] } }));
const action = createPublishGitlabMergeRequestAction({ integrations });
const print = message => console.error(message);
const logger = { error: print, warn: print, info: () => {}, debug: () => {}, child: () => logger };

async function publish({ owner, repo, files, ...input }) {
  const workspacePath = mkdtempSync(join(tmpdir(), 'publish-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(workspacePath, path)), { recursive: true });
      writeFileSync(join(workspacePath, path), text);
    }
    const output = {};
    await action.handler({
      input: { repoUrl: `${host}?owner=${owner}&repo=${repo}`, ...input },
      workspacePath,
      logger,
      checkpoint: ({ fn }) => fn(),
      output: (name, value) => (output[name] = value),
    });
    return { output };
  } catch (e) {
    return { error: String(e) };
  } finally {
    rmSync(workspacePath, { recursive: true });
  }
}

(async () => {
  for await (const line of createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await publish(JSON.parse(line))));
  }
})();
