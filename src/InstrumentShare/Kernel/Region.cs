namespace InstrumentShare.Kernel;

/// <summary>
/// A region: <c>CN-</c> and two, four or six digits of GB/T 2260 (province, city, county). A prefix is an ancestor:
/// CN-37 covers CN-3702 and CN-370202.
/// </summary>
public readonly record struct Region(string Code)
{
    public static bool IsValid(string? code) =>
        code is { Length: 5 or 7 or 9 } && code.StartsWith("CN-", StringComparison.Ordinal) && code.AsSpan(3).IndexOfAnyExceptInRange('0', '9') < 0;

    /// <summary>True for the region itself and for every region inside it.</summary>
    public bool Covers(Region other) => other.Code.StartsWith(Code, StringComparison.Ordinal);

    public override string ToString() => Code;
}
