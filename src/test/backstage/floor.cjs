// What the catalog itself needs for entities that a provider hands over in one delta: for CatalogBenchmark.
'use strict';
const { existsSync, readFileSync } = require('node:fs');
const { createBackendModule } = require('@backstage/backend-plugin-api');
const { catalogProcessingExtensionPoint } = require('@backstage/plugin-catalog-node');

/** A provider that hands over what is in a file, once the file is there. */
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
