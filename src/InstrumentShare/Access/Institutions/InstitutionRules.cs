using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Access.Institutions;

/// <summary>What is entered about an institution, as text.</summary>
public sealed record InstitutionFields(
    string? Name, string? NameEn, string? SocialCreditCode, string? Kind, string? Region, string? RorId, string? TimeZone,
    IReadOnlyList<string>? Tags, IReadOnlyList<string>? EmailDomains, bool? IsActive);

/// <summary>Whether an institution's fields are well formed. Codes are checked down to their check digits.</summary>
public static class InstitutionRules
{
    public const int MaxName = 100;
    public const int MaxNameEn = 200;
    private const int MaxEntries = 20;
    private static readonly string[] KnownTags = ["highTech", "qianfan", "networkMember"];

    /// <param name="regionExists">Whether GB/T 2260 has the region.</param>
    public static IEnumerable<Problem> Check(InstitutionFields fields, bool kindExists, bool regionExists)
    {
        if (!IsText(fields.Name, MaxName)) yield return Problem.Invalid("institution.name", "name", ("max", MaxName));
        if (!IsText(fields.NameEn, MaxNameEn)) yield return Problem.Invalid("institution.name", "nameEn", ("max", MaxNameEn));
        if (fields.SocialCreditCode is not null && !SocialCreditCode.IsValid(fields.SocialCreditCode)) yield return Problem.Invalid("institution.code", "socialCreditCode", ("code", fields.SocialCreditCode));
        if (!kindExists) yield return Problem.Invalid("institution.kind", "kind");
        if (!regionExists) yield return Problem.Invalid("institution.region", "region", ("region", fields.Region));
        if (fields.RorId is not null && !RorId.IsValid(fields.RorId)) yield return Problem.Invalid("institution.ror", "rorId", ("ror", fields.RorId));
        if (fields.TimeZone is null || DateTimeZoneProviders.Tzdb.GetZoneOrNull(fields.TimeZone) is null) yield return Problem.Invalid("institution.time-zone", "timeZone", ("zone", fields.TimeZone));
        foreach (var tag in (fields.Tags ?? []).Where(t => !KnownTags.Contains(t))) yield return Problem.Invalid("institution.tag", "tags", ("tag", tag), ("known", string.Join(", ", KnownTags)));
        if (fields.EmailDomains?.Count > MaxEntries) yield return Problem.Invalid("institution.too-many-domains", "emailDomains", ("max", MaxEntries));
        foreach (var domain in (fields.EmailDomains ?? []).Where(d => !IsDomain(d))) yield return Problem.Invalid("institution.domain", "emailDomains", ("domain", domain));
    }

    // Two labels at least, and never a public suffix such as edu.cn, which would take in every university.
    private static bool IsDomain(string domain) =>
        domain.Length <= 253 && !domain.Any(char.IsUpper) && Uri.CheckHostName(domain) == UriHostNameType.Dns &&
        domain.Count(c => c == '.') >= (domain.EndsWith(".cn", StringComparison.Ordinal) && domain.Split('.')[^2] is "edu" or "ac" or "com" or "org" or "gov" or "net" ? 2 : 1);

    private static bool IsText(string? text, int max) => !string.IsNullOrWhiteSpace(text) && text.Length <= max && !text.Any(char.IsControl);
}
