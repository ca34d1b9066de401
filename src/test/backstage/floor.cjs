// For CatalogBenchmark: the time that the catalog itself needs for the entities of one delta.
'use strict';
const { existsSync, readFileSync } = require('node:fs');
const { createBackendModule } = require('@backstage/backend-plugin-api');
const { catalogProcessingExtensionPoint } = require('@backstage/plugin-catalog-node');

/** A provider that adds the entities of a file to the catalog, once the file exists. */
exports.floor = file =>
  createBackendModule({
    pluginId: 'catalog',
    moduleId: 'floor',
    register(env) {
      env.registerInit({
        deps: { catalog: catalogProcessingExtensionPoint },
        async init({ catalog }) {
          catalog.addEntityProvider({
            getProviderName: () => 'floor',
            async connect(connection) {
              const timer = setInterval(() => {
                if (existsSync(file)) {
                  clearInterval(timer);
                  const added = JSON.parse(readFileSync(file, 'utf8')).map(entity => ({ entity, locationKey: 'floor' }));
                  void connection.applyMutation({ type: 'delta', added, removed: [] });
                }
              }, 20);
            },
          });
        },
      });
    },
  });
