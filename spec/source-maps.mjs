// Errors name lines of the sources. Loaded by each process that runs specs.
process.setSourceMapsEnabled(true);
