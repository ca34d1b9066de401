import type { SchedulerServiceTaskInvocationDefinition, SchedulerServiceTaskRunner } from '@backstage/backend-plugin-api';
import { stringifyEntityRef, type Entity } from '@backstage/catalog-model';
import type { EntityProviderConnection, EntityProviderMutation } from '@backstage/plugin-catalog-node';
import { STATUS_ANNOTATION } from '../src/catalog/processor';

/** Applies mutations as plugin-catalog-backend does: a delta may add what exists and remove what does not. */
export class FakeCatalog implements EntityProviderConnection {
  readonly mutations: EntityProviderMutation[] = [];
  private readonly entities = new Map<string, Entity>();

  applyMutation(mutation: EntityProviderMutation): Promise<void> {
    this.mutations.push(mutation);
    if (mutation.type === 'full') {
      this.entities.clear();
    } else {
      for (const removed of mutation.removed) {
        this.entities.delete('entityRef' in removed ? removed.entityRef : stringifyEntityRef(removed.entity));
      }
    }
    const given = mutation.type === 'full' ? mutation.entities : mutation.added;
    const refs = given.map(({ entity }) => stringifyEntityRef(entity));
    if (new Set(refs).size < refs.length) {
      throw new Error(`an entity is given twice: ${refs.join(', ')}`);
    }
    for (const { entity } of given) {
      this.entities.set(stringifyEntityRef(entity), entity);
    }
    return Promise.resolve();
  }

  refresh(): Promise<void> {
    throw new Error('the provider has no refresh keys');
  }

  /** Entity reference and phase of each entity, sorted. */
  get content(): string[] {
    return [...this.entities].map(([ref, entity]) => `${ref} ${phaseOf(entity)}`).sort();
  }

  get(entityRef: string): Entity | undefined {
    return this.entities.get(entityRef);
  }
}

/** A task runner whose task runs when the test says so. */
export class FakeTaskRunner implements SchedulerServiceTaskRunner {
  private task: SchedulerServiceTaskInvocationDefinition | undefined;

  run(task: SchedulerServiceTaskInvocationDefinition): Promise<void> {
    this.task = task;
    return Promise.resolve();
  }

  get taskId(): string | undefined {
    return this.task?.id;
  }

  async trigger(signal = new AbortController().signal): Promise<void> {
    await this.task?.fn(signal);
  }
}

/** An entity as the service returns it. */
export function rayServiceEntity(name: string, phase = 'Accepted', kind = 'Component'): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind,
    metadata: {
      namespace: 'team-ml',
      name,
      annotations: { [STATUS_ANNOTATION]: JSON.stringify({ phase, message: 'no room' }) },
    },
    spec: { type: 'ray-service' },
  };
}

function phaseOf(entity: Entity): string {
  return (JSON.parse(entity.metadata.annotations?.[STATUS_ANNOTATION] ?? '{}') as { phase?: string }).phase ?? '';
}
