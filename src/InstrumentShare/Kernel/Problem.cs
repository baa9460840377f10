namespace InstrumentShare.Kernel;

/// <summary>What a problem means to the caller; each face turns it into its own status.</summary>
public enum ProblemKind
{
    /// <summary>The state of the world refuses it (HTTP 409).</summary>
    Refused,

    /// <summary>The request is wrong by itself (400).</summary>
    Invalid,

    /// <summary>Not allowed, and no secret that it exists (403).</summary>
    Forbidden,

    /// <summary>Absent, or not the caller's to know (404).</summary>
    NotFound,

    /// <summary>Changed by somebody else meanwhile (412).</summary>
    Stale,
}

/// <summary>
/// One reason why something cannot be done. <paramref name="Code"/> is the rule's only name: in the rule, the answer,
/// the database constraint, the words (<c>problem.&lt;code&gt;</c>) and the test.
/// </summary>
/// <param name="Code">Dotted kebab words, such as <c>booking.lead-time</c>.</param>
/// <param name="Field">The input it is about, in the API's spelling; null when it is about the whole.</param>
/// <param name="Data">Figures for the sentence, by name: text, whole numbers, Money, Instant, LocalDate, TimeSlot.</param>
/// <param name="Overridable">Whether staff may go on with a reason that is kept.</param>
public sealed record Problem(
    string Code,
    string? Field = null,
    IReadOnlyDictionary<string, object?>? Data = null,
    bool Overridable = false,
    ProblemKind Kind = ProblemKind.Refused)
{
    public static Problem Invalid(string code, string? field = null, params (string Name, object? Value)[] data) =>
        new(code, field, ToData(data), Kind: ProblemKind.Invalid);

    public static Problem Refused(string code, string? field = null, params (string Name, object? Value)[] data) =>
        new(code, field, ToData(data));

    public static Problem NotFound(string code = "request.not-found") => new(code, Kind: ProblemKind.NotFound);

    public static Problem Forbidden(string code = "access.forbidden") => new(code, Kind: ProblemKind.Forbidden);

    public static Problem Stale() => new("request.stale", Kind: ProblemKind.Stale);

    private static Dictionary<string, object?>? ToData((string Name, object? Value)[] data) =>
        data.Length == 0 ? null : data.ToDictionary(d => d.Name, d => d.Value, StringComparer.Ordinal);
}
