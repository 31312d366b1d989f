// Errors name lines of the sources. Loaded by each process that runs specs.
process.setSourceMapsEnabled(true);
// Coverage is that of the specs' own processes: programs that they start run the bundle, which would count as a whole.
delete process.env.NODE_V8_COVERAGE;
