namespace InstrumentShare.Catalog;

/// <summary>A picture for a class of instruments, from the icons of Client/icons.txt; the longest code that fits counts.</summary>
public static class ClassificationIcons
{
    private static readonly Dictionary<string, string> Icons = new(StringComparer.Ordinal)
    {
        ["01"] = "flask", ["0101"] = "microscope", ["0102"] = "atom", ["0103"] = "radioactive", ["0104"] = "prism-light", ["0105"] = "droplet", ["0106"] = "rotate",
        ["0107"] = "waves-electricity", ["0108"] = "eye", ["0109"] = "temperature", ["0110"] = "dna", ["0111"] = "world", ["0112"] = "test-pipe", ["02"] = "ruler-2",
        ["03"] = "scale", ["04"] = "wave-sine", ["05"] = "droplet", ["06"] = "geometry", ["07"] = "radar", ["08"] = "planet", ["09"] = "stethoscope", ["10"] = "radioactive",
        ["11"] = "zoom-in", ["12"] = "tools", ["13"] = "database", ["14"] = "prism-light", ["99"] = "package",
    };

    public static string Of(string code) => Icons.GetValueOrDefault(code[..4]) ?? Icons.GetValueOrDefault(code[..2]) ?? "package";
}
