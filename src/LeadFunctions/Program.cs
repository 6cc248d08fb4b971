using LeadFunctions.Commands;

return await ServeCommand.RunAsync(args);
