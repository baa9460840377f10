namespace InstrumentShare.Kernel;

/// <summary>The named roundings. Every figure that is rounded names one of them.</summary>
public static class Rounding
{
    /// <summary>Half away from zero to a whole number (四舍五入): 0.5 → 1, −0.5 → −1.</summary>
    public static decimal HalfUp(decimal value) => Math.Round(value, 0, MidpointRounding.AwayFromZero);

    /// <summary>Half away from zero to a number of decimals.</summary>
    public static decimal HalfUp(decimal value, int decimals) => Math.Round(value, decimals, MidpointRounding.AwayFromZero);

    /// <summary>Hours with two decimals from whole seconds, half up: the only place where seconds become hours for people.</summary>
    public static decimal Hours(long seconds) => HalfUp(seconds / 3600m, 2);
}
