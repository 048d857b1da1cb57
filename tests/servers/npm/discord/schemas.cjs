// Prints the JSON schemas of the named types of wire.ts.
const { createGenerator } = require('ts-json-schema-generator');

const [, , path, tsconfig, ...names] = process.argv;
const generator = createGenerator({ path, tsconfig, skipTypeCheck: true });
const schemas = Object.fromEntries(names.map((name) => [name, generator.createSchema(name)]));
process.stdout.write(JSON.stringify(schemas));
