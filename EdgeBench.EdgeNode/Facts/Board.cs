namespace EdgeBench.EdgeNode.Facts;

/// <summary>The board, by what its device tree or its firmware says.</summary>
internal static class Board
{
    private const string DmiFolder = "sys/class/dmi/id";

    // What firmware says when its maker filled nothing in.
    private static readonly string[] Placeholders =
        ["To be filled by O.E.M.", "System Product Name", "System manufacturer", "Default string", "Not Specified", "None"];

    private static readonly string[] MakerFields = ["sys_vendor", "product_name", "bios_vendor"];

    // What hypervisors call themselves in the DMI table, with the names that people know them by.
    private static readonly (string Vendor, string Name)[] Hypervisors =
    [
        ("QEMU", "kvm"), ("KVM", "kvm"), ("Amazon EC2", "amazon"), ("Google", "google"), ("Hetzner", "kvm"), ("DigitalOcean", "kvm"),
        ("OpenStack", "kvm"), ("Microsoft Corporation", "hyper-v"), ("VMware", "vmware"), ("innotek GmbH", "virtualbox"), ("Xen", "xen"),
        ("Bochs", "bochs"), ("Parallels", "parallels"), ("Apple Virtualization", "apple"),
    ];

    /// <summary>The board's model by its device tree, else maker and product by the DMI table.</summary>
    public static Fact<string> Model(SystemTree tree)
    {
        var deviceTree = tree.Text("proc/device-tree/model");
        if (deviceTree.IsKnown)
        {
            return deviceTree;
        }

        var product = DmiName(tree, "sys_vendor", "product_name") ?? DmiName(tree, "board_vendor", "board_name");
        return product is null ? Fact.Missing<string>("neither a device tree nor a DMI table names the board") : Fact.Known(product);
    }

    /// <summary>The system on a chip: the last part of the device tree's compatible list that names one chip and not a family.</summary>
    public static Fact<string> SystemOnChip(SystemTree tree)
    {
        var compatible = tree.Text("proc/device-tree/compatible");
        if (!compatible.IsKnown)
        {
            return compatible;
        }

        var chips = from entry in compatible.Value.Split('\0')
                    let name = entry[(entry.IndexOf(',', StringComparison.Ordinal) + 1)..]
                    where name is not "" && !IsFamily(name)
                    select name;
        return chips.LastOrDefault() is { } chip ? Fact.Known(chip) : Fact.Missing<string>("/proc/device-tree/compatible names no chip");
    }

    /// <summary>Whether the board is a Raspberry Pi.</summary>
    public static bool IsRaspberryPi(SystemTree tree) => Model(tree).Value?.StartsWith("Raspberry Pi", StringComparison.Ordinal) ?? false;

    /// <summary>The version of the firmware.</summary>
    public static Fact<string> Firmware(SystemTree tree, IBoardTools tools)
    {
        if (IsRaspberryPi(tree))
        {
            var output = tools.Output("vcgencmd", "version");
            return output.IsKnown ? Fact.Known(output.Value.Split('\n')[^1].Trim()) : output;
        }

        var (vendor, version) = (DmiField(tree, "bios_vendor"), DmiField(tree, "bios_version"));
        return version is null ? Fact.Missing<string>($"there is no /{DmiFolder}/bios_version") : Fact.Known($"{vendor} {version}".Trim());
    }

    /// <summary>The hypervisor that the machine is a guest of, or <c>no</c>.</summary>
    public static Fact<string> VirtualMachine(SystemTree tree)
    {
        var names = MakerFields.Select(field => tree.Text($"{DmiFolder}/{field}").Value).ToList();
        var hypervisor = Hypervisors.FirstOrDefault(known => names.Any(name =>
            name is not null && name.Contains(known.Vendor, StringComparison.OrdinalIgnoreCase)
            // Of their makers' real machines too.
            && (known.Vendor is not ("Microsoft Corporation" or "Google") || names.Any(IsVirtualProduct)))).Name;
        var isGuest = tree.Text("proc/cpuinfo").Value is { } cpuinfo
            && SystemTree.Fields(cpuinfo, "flags").Any(flags => flags.Split(' ').Contains("hypervisor"));
        var xen = tree.Text("sys/hypervisor/type");
        return hypervisor is not null ? Fact.Known(hypervisor)
            : xen.IsKnown ? xen
            : isGuest ? Fact.Known("unknown hypervisor")
            : tree.Has("proc/device-tree/hypervisor") ? Fact.Known("unknown hypervisor")
            : tree.Has("proc/device-tree/model") || tree.Has(DmiFolder) ? Fact.Known("no")
            : Fact.Missing<string>("neither the processor's flags, nor a DMI table, nor a device tree tells");
    }

    private static bool IsVirtualProduct(string? name) =>
        name is not null
        && (name.Contains("Virtual", StringComparison.OrdinalIgnoreCase) || name.Contains("Compute Engine", StringComparison.Ordinal));

    // As in tegra23x, which stands for all chips of a generation.
    private static bool IsFamily(string name) => name.Length > 1 && name[^1] == 'x' && char.IsAsciiDigit(name[^2]);

    private static string? DmiName(SystemTree tree, string vendorFile, string nameFile)
    {
        var name = DmiField(tree, nameFile);
        var vendor = DmiField(tree, vendorFile);
        return name is null || vendor is null || name.StartsWith(vendor + " ", StringComparison.OrdinalIgnoreCase) ? name
            : $"{vendor} {name}";
    }

    private static string? DmiField(SystemTree tree, string file)
    {
        var text = tree.Text($"{DmiFolder}/{file}").Value;
        return text is null || Placeholders.Contains(text, StringComparer.OrdinalIgnoreCase) ? null : text;
    }
}
