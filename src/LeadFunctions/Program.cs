using LeadFunctions.Commands;

return await CommandLine.RunAsync(args);
