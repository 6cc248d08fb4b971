using LeadFunctions.Benchmarks;
using LeadFunctions.Benchmarks.Programs;

// Before any command line is built: its own cold start is measured too.
return args is [BareEndpoint.Command, var port] ? BareEndpoint.Run(port) : await BenchmarkCommands.RunAsync(args);
