using InstrumentShare.Bookings;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Usage.Kiosks;

/// <summary>What kiosks, badges and PINs must be, and how many tries there are.</summary>
public static class KioskRules
{
    public const int MaxName = 100;

    public const int MaxInstruments = 20;

    public const int MinPin = 6;

    public const int MaxPin = 12;

    public const int MinBadge = 4;

    public const int MaxBadge = 64;

    /// <summary>Wrong PINs in a row that lock a person's PIN.</summary>
    public const int PersonTries = 5;

    /// <summary>Wrong tries within <see cref="Window"/> that lock a kiosk, whoever was named.</summary>
    public const int KioskTries = 10;

    public static readonly Duration Window = Duration.FromMinutes(10);

    public static readonly Duration PersonLocked = Duration.FromMinutes(15);

    public static readonly Duration KioskLocked = Duration.FromMinutes(5);

    /// <summary>How long a one-time code waits for its device.</summary>
    public static readonly Duration CodeLasts = Duration.FromMinutes(30);

    /// <summary>After so long without a tap the person is forgotten.</summary>
    public static readonly Duration Inactivity = Duration.FromSeconds(60);

    public static List<Problem> Register(string? name, int instruments)
    {
        var problems = new List<Problem>();
        BookingText.Check(problems, name, "name", required: true, MaxName);
        if (instruments is 0 or > MaxInstruments) problems.Add(Problem.Invalid("kiosk.instruments", "instrumentIds", ("most", MaxInstruments)));
        return problems;
    }

    /// <summary>A PIN is 6 to 12 digits, not all the same and not a run up or down.</summary>
    public static Problem? Pin(string? pin)
    {
        if (pin is not { Length: >= MinPin and <= MaxPin } || !pin.All(char.IsAsciiDigit)) return Problem.Invalid("pin.digits", "pin", ("least", MinPin), ("most", MaxPin));
        var steps = pin.Zip(pin.Skip(1), (a, b) => b - a).Distinct().ToList();
        return steps is [0 or 1 or -1] ? Problem.Invalid("pin.simple", "pin") : null;
    }

    /// <summary>What a card reader types: 4 to 64 letters, digits and dashes, whatever their case; null when it is none.</summary>
    public static string? Badge(string? number)
    {
        var kept = number?.Trim().ToUpperInvariant();
        return kept is { Length: >= MinBadge and <= MaxBadge } && kept.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') ? kept : null;
    }
}
