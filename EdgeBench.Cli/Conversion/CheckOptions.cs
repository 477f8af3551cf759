using System.CommandLine;

namespace EdgeBench.Cli.Conversion;

/// <summary>Options that say whether and with what a converted model is checked.</summary>
internal sealed class CheckOptions
{
    /// <summary>The user's own inputs and expected outputs.</summary>
    public Option<string?> Folder { get; } = new("--check")
    {
        HelpName = "DIR",
        Description = "Compare with your own outputs too: DIR holds input*.npy and expected*.npy",
    };

    /// <summary>Whether nothing is compared.</summary>
    public Option<bool> None { get; } = new("--no-check")
    {
        Description = "Do not compare what the model computes in the two runtimes; the files are the same",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(Folder);
        command.Options.Add(None);
        command.Validators.Add(result =>
        {
            if (result.GetResult(Folder) is not null && result.GetValue(None))
            {
                result.AddError("--check and --no-check: give one of them");
            }
        });
    }
}
