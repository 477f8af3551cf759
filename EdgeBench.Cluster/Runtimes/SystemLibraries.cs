using System.Runtime.InteropServices;

namespace EdgeBench.Cluster.Runtimes;

/// <summary>The C library and its companions for one architecture, as this machine has them.</summary>
internal sealed class SystemLibraries
{
    private const string CLibrary = "libc.so.6";

    private static readonly string[] Companions = [CLibrary, "libm.so.6", "libstdc++.so.6", "libgcc_s.so.1"];

    private readonly Architecture _architecture;
    private readonly List<string> _folders;

    private SystemLibraries(Architecture architecture, List<string> folders) => (_architecture, _folders) = (architecture, folders);

    /// <summary>Finds the libraries: this machine's own, or those of Debian's cross compiler.</summary>
    /// <exception cref="RuntimeBuildException">There are none.</exception>
    public static SystemLibraries For(Architecture architecture)
    {
        var triplet = architecture == Architecture.X64 ? "x86_64-linux-gnu" : "aarch64-linux-gnu";
        List<string> folders = architecture == RuntimeInformation.OSArchitecture
            ? [$"/lib/{triplet}", $"/usr/lib/{triplet}", "/lib64", "/usr/lib64", "/lib", "/usr/lib"]
            : [$"/usr/{triplet}/lib"];
        var libraries = new SystemLibraries(architecture, folders);
        return libraries.Find(CLibrary) is not null
            ? libraries
            : throw new RuntimeBuildException(
                $"this machine has no glibc for {Toolchain.NameOf(architecture)} ({CLibrary} is not in {string.Join(", ", folders)}), "
                + "which goes into the image; build the image on Debian, Ubuntu or another distribution with glibc, and copy it");
    }

    /// <summary>All that a set of programs and libraries needs beside itself, at any remove, the loader included.</summary>
    /// <returns>The file of each library by the name it is asked for.</returns>
    /// <exception cref="RuntimeBuildException">Something is missing, or is not for this architecture.</exception>
    public SortedDictionary<string, string> NeededBy(IReadOnlyCollection<string> files)
    {
        var own = files.Select(file => Path.GetFileName(file)).ToHashSet();
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var open = new Queue<string>(files);
        while (open.TryDequeue(out var file))
        {
            foreach (var name in NamesIn(file).Where(name => !own.Contains(name) && !found.ContainsKey(name)))
            {
                var path = Find(name) ?? throw new RuntimeBuildException(
                    $"{Path.GetFileName(file)} needs {name}, which is not in {string.Join(", ", _folders)}; "
                    + "install the package that holds it");
                found.Add(name, path);
                open.Enqueue(path);
            }
        }

        return found;
    }

    /// <summary>Changes when the libraries do.</summary>
    public string Version() => string.Join(
        '\n',
        Companions.Select(Find).OfType<string>().Select(path => new FileInfo(path))
            .Select(file => $"{file.FullName} {file.Length} {file.LastWriteTimeUtc.Ticks}"));

    private IEnumerable<string> NamesIn(string file)
    {
        if (ElfFile.Read(file) is not { } elf)
        {
            return [];
        }

        if (elf.Architecture != _architecture)
        {
            throw new RuntimeBuildException($"{file} is not built for {Toolchain.NameOf(_architecture)}");
        }

        if (elf.Interpreter is null)
        {
            return elf.Needed;
        }

        return Path.GetDirectoryName(elf.Interpreter) is "/lib" or "/lib64" && !elf.Interpreter.Contains("musl", StringComparison.Ordinal)
            ? elf.Needed.Append(Path.GetFileName(elf.Interpreter))
            : throw new RuntimeBuildException(
                $"programs built here are started by {elf.Interpreter}, which images do not have; build the image on Debian, Ubuntu or "
                + "another distribution with glibc in its usual place, and copy it");
    }

    private string? Find(string name) => _folders
        .Select(folder => Path.Combine(folder, name))
        .Where(File.Exists)
        .Select(path => new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path)
        .FirstOrDefault(path => ElfFile.Read(path)?.Architecture == _architecture);
}
