using Microsoft.Extensions.Configuration;

namespace EdgeBench.Cli.Nodes;

/// <summary>
/// What a node is told by the environment and a JSON file. Both use the words of the command line, so that one parser checks all three:
/// the option <c>--public-host</c> of <c>edgebench server</c> is <c>EDGEBENCH_SERVER__PUBLIC_HOST</c>, or
/// <c>{"server": {"public-host": ...}}</c>. The command line counts over the environment, and that over the file.
/// </summary>
internal static class NodeSettings
{
    private const string Prefix = "EDGEBENCH_";

    private static readonly string[] Nodes = ["server", "edge"];

    /// <summary>
    /// <c>EDGEBENCH_CONFIG</c>, else <c>edgebench/config.json</c> where the XDG base directory specification has it, else in <c>/etc</c>.
    /// </summary>
    private static string? ConfigurationFile => Environment.GetEnvironmentVariable(Prefix + "CONFIG") is { Length: > 0 } named
        ? Path.GetFullPath(named)
        : new[] { ConfigurationHome, "/etc" }
            .Select(folder => Path.Combine(folder, "edgebench", "config.json")).FirstOrDefault(File.Exists);

    private static string ConfigurationHome => Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } home
        ? home
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config");

    /// <summary>Adds to the arguments of a node's command what they leave to the environment and the file.</summary>
    /// <param name="arguments">The words behind <c>edgebench</c>; those of other commands come back as they are.</param>
    /// <exception cref="CommandException">The file is not there or is no JSON.</exception>
    public static IReadOnlyList<string> Complete(IReadOnlyList<string> arguments)
    {
        if (arguments is not [var node, ..] || !Nodes.Contains(node))
        {
            return arguments;
        }

        var left = Read(node).Where(setting => !arguments.Any(argument => IsGiven(argument, setting.Option)));
        return [.. arguments, .. left.SelectMany(setting => Words(setting.Option, setting.Value))];
    }

    private static bool IsGiven(string argument, string option) =>
        argument.StartsWith(option, StringComparison.Ordinal)
        && (argument.Length == option.Length || argument[option.Length] is '=' or ':');

    private static IEnumerable<(string Option, string Value)> Read(string node)
    {
        var builder = new ConfigurationBuilder();
        if (ConfigurationFile is { } file)
        {
            builder.AddJsonFile(file, optional: false);
        }

        IConfigurationRoot settings;
        try
        {
            settings = builder.AddEnvironmentVariables(Prefix).Build();
        }
        catch (Exception unreadable) when (unreadable is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new CommandException(
                ExitCode.Usage,
                $"the configuration file cannot be read: {unreadable.InnerException?.Message ?? unreadable.Message}",
                unreadable);
        }

        return from setting in settings.GetSection(node).GetChildren()
               where setting.Value is not null
               select ("--" + setting.Key.ToLowerInvariant().Replace('_', '-'), setting.Value);
    }

    /// <summary>A switch has no value on the command line: it is there or not.</summary>
    private static string[] Words(string option, string value) => bool.TryParse(value, out var isOn)
        ? isOn ? [option] : []
        : [option, value];
}
