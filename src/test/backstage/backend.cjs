// The backend of a platform team: its plugins, and the two lines for Ray Services.
'use strict';
const { createBackend } = require('@backstage/backend-defaults');
const { floor } = require('./floor.cjs');

const backend = createBackend();
backend.add(import('@backstage/plugin-app-backend'));
backend.add(import('@backstage/plugin-auth-backend'));
backend.add(import('@backstage/plugin-auth-backend-module-guest-provider'));
backend.add(import('@backstage/plugin-catalog-backend'));
backend.add(import('@backstage/plugin-catalog-backend-module-scaffolder-entity-model'));
backend.add(import('@backstage/plugin-scaffolder-backend'));
backend.add(import('@rayservice/backstage-plugin-scaffolder-backend-module-rayservice/scaffolder'));
backend.add(import('@rayservice/backstage-plugin-scaffolder-backend-module-rayservice/catalog'));
if (process.env.FLOOR_FILE) {
  backend.add(floor(process.env.FLOOR_FILE));
}
backend.start();
