using System.CommandLine;
using EdgeBench.Conversion;

var fixtures = new Argument<DirectoryInfo>("FIXTURES")
{
    Description = "Folder with models/NAME.h5.gz and reference/reference.json",
}.AcceptExistingOnly();
var program = new Option<string>("--edgebench") { Description = "The program, which the script names", Required = true };
var rounds = new Option<int>("--rounds") { Description = "Conversions of each model", DefaultValueFactory = _ => 3 };
rounds.Validators.Add(result =>
{
    if (!result.Errors.Any() && result.GetValueOrDefault<int>() < 1)
    {
        result.AddError("--rounds: give a whole number from 1");
    }
});
var root = new RootCommand("Converts the paper's models to ONNX and TFLite, beside what TensorFlow's converter took")
{
    fixtures,
    program,
    rounds,
};
root.SetAction(parsed => Comparison.Run(parsed.GetRequiredValue(fixtures), parsed.GetRequiredValue(program), parsed.GetValue(rounds)));

// The peak memory of a child is known of all children together, so each conversion has a parent of its own.
var command = new Argument<string[]>("COMMAND") { Arity = ArgumentArity.OneOrMore };
var one = new Command("one", "Runs a command, and prints its seconds and its peak memory in KiB") { command };
one.Hidden = true;
one.SetAction(parsed => ChildRun.Measure(parsed.GetRequiredValue(command)));
root.Subcommands.Add(one);

try
{
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (InvalidOperationException failure)
{
    await Console.Error.WriteLineAsync($"convert: {failure.Message}");
    return 1;
}
