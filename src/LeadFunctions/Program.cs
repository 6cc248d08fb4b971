using LeadFunctions;
using LeadFunctions.Commands;
using LeadFunctions.Settings;

// LeadFunctionsServices lists every feature, one line each. The program runs in two ways: as the worker of a Functions host, or by the
// command line, which serves alone when no command is given. Which of them is decided before anything reads the arguments, because the
// host's arguments are not ours to parse.
return StartEnvironment.IsStartedByFunctionsHost(args)
    ? await LeadFunctionsWorker.RunAsync()
    : await CommandLine.RunAsync(args);
