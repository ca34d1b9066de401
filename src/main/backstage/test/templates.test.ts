import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { locationEntityV1alpha1Validator, systemEntityV1alpha1Validator } from '@backstage/catalog-model';
import { templateEntityV1beta3Validator, type TemplateEntityV1beta3 } from '@backstage/plugin-scaffolder-common';
import { parse } from 'yaml';
import { deleteAction } from '../src/actions/delete';
import { restartAction } from '../src/actions/restart';
import { rollbackAction } from '../src/actions/rollback';
import { deployAction } from '../src/actions/deploy';
import { updateAction } from '../src/actions/update';
import { deps } from './runAction';

const FOLDER = process.env.BACKSTAGE_TEMPLATES ?? '../../../backstage-templates';
const ACTIONS = [deployAction, updateAction, restartAction, rollbackAction, deleteAction].map(make => make(deps('http://127.0.0.1:1')));

interface Schema {
  readonly type?: string;
  readonly properties?: Record<string, Schema>;
  readonly required?: string[];
}

function read(path: string): unknown {
  return parse(readFileSync(join(FOLDER, path), 'utf8'));
}

const templates = readdirSync(FOLDER, { withFileTypes: true })
  .filter(entry => entry.isDirectory())
  .map(entry => `${entry.name}/template.yaml`)
  .sort();

test('the location is valid and lists every template and the System', async () => {
  const location = read('location.yaml') as { spec: { targets: string[] } };

  assert.equal(await locationEntityV1alpha1Validator.check(location as never), true);
  assert.deepEqual([...location.spec.targets].sort(), [...templates, 'system.yaml'].map(t => `./${t}`).sort());
  assert.equal(await systemEntityV1alpha1Validator.check(read('system.yaml') as never), true);
});

for (const path of templates) {
  test(`${path} is a valid template, and gives its actions the input that they accept`, async () => {
    const template = read(path) as TemplateEntityV1beta3;

    assert.equal(await templateEntityV1beta3Validator.check(template), true);
    for (const step of template.spec.steps) {
      const action = ACTIONS.find(a => a.id === step.action);
      assert.ok(action, step.action);
      assertAccepts(action.schema?.input as unknown as Schema, step.input ?? {}, step.action);
    }
    // Folded fields are in the alternatives of a check box.
    const pages = [template.spec.parameters].flat().map(page => JSON.stringify(page));
    const parameters = new Set(pages.flatMap(page => [...page.matchAll(/"(\w+)":\{"title"/g)].map(([, name]) => name)));
    for (const [, used] of JSON.stringify(template.spec.steps).matchAll(/parameters\.(\w+)/g)) {
      assert.ok(parameters.has(used ?? ''), `${used} is used but is no parameter`);
    }
    const outputs = Object.keys((ACTIONS[0]?.schema?.output as unknown as Schema).properties ?? {});
    for (const [, used] of JSON.stringify(template.spec.output ?? {}).matchAll(/output\.(\w+)/g)) {
      assert.ok(outputs.includes(used ?? ''), `${used} is not an output`);
    }
  });
}

/** The action has every field of the input, and the input has every required field. Some objects have any fields. */
function assertAccepts(schema: Schema, given: object, path: string): void {
  if (!schema.properties) {
    return;
  }
  for (const [name, value] of Object.entries(given) as [string, unknown][]) {
    const field = schema.properties[name];
    assert.ok(field, `${path}.${name} is not a field`);
    if (typeof value === 'object' && value !== null) {
      assertAccepts(field, value, `${path}.${name}`);
    }
  }
  for (const name of schema.required ?? []) {
    assert.ok(name in given, `${path}.${name} is required`);
  }
}
