using System.CommandLine;
using System.Text.Json;
using EdgeBench.Client;
using EdgeBench.Messages.Tasks;
using EdgeBench.Overhead;
using EdgeBench.RunnerContract;

var rounds = new Option<int>("--rounds") { Description = "Measurements of each kind, in turn", DefaultValueFactory = _ => 20 };
var runs = new Option<int>("--runs")
{
    Description = "Timed runs of a measurement",
    DefaultValueFactory = _ => MeasurementOptions.DefaultRuns,
};
var model = new Option<string>("--model") { Description = "The model", DefaultValueFactory = _ => "samples/digits_k3.keras" };
var image = new Option<string>("--image") { Description = "The description of the runtime image, which the script names", Required = true };
foreach (var count in new[] { rounds, runs })
{
    count.Validators.Add(result =>
    {
        if (!result.Errors.Any() && result.GetValueOrDefault<int>() < 1)
        {
            result.AddError($"{count.Name}: give a whole number from 1");
        }
    });
}


var command = new RootCommand("Measures what EdgeBench adds to a measurement, beside docker run of the same image")
{
    rounds,
    runs,
    model,
    image,
};
command.SetAction(async (parsed, cancellationToken) =>
{
    var options = new MeasurementOptions { Runs = parsed.GetValue(runs) };
    var description = JsonSerializer.Deserialize(
        await File.ReadAllBytesAsync(parsed.GetRequiredValue(image), cancellationToken), RunnerJson.Default.RuntimeImage)!;
    await using var client = new EdgeBenchClient(new ClientOptions
    {
        Server = Environment.GetEnvironmentVariable("EDGEBENCH_SERVER") ?? "localhost",
        Token = Environment.GetEnvironmentVariable("EDGEBENCH_TOKEN")
            ?? throw new InvalidOperationException("EDGEBENCH_TOKEN is not set"),
    });
    try
    {
        await new Comparison(client, description, parsed.GetRequiredValue(model), options, parsed.GetValue(rounds)).RunAsync(cancellationToken);
        return 0;
    }
    catch (InvalidOperationException failure)
    {
        await Console.Error.WriteLineAsync($"overhead: {failure.Message}");
        return 1;
    }
});
return await command.Parse(args).InvokeAsync();
