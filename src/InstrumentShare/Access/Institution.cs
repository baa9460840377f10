using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Access;

public enum InstitutionKind
{
    University,
    Institute,
    Hospital,
    Enterprise,
    PublicBody,
    StudentTeam,
    Other,
}

/// <summary>A legal entity or team that owns instruments, uses them, or both.</summary>
public sealed class Institution
{
    public InstitutionId Id { get; init; } = InstitutionId.From(Guid.CreateVersion7());

    public required string Name { get; set; }

    public required string NameEn { get; set; }

    public string? SocialCreditCode { get; set; }

    public required InstitutionKind Kind { get; set; }

    public required Region Region { get; set; }

    public string? RorId { get; set; }

    public string TimeZone { get; set; } = "Asia/Shanghai";

    /// <summary>Standing that policies ask for: <c>highTech</c>, <c>qianfan</c>, <c>networkMember</c>.</summary>
    public List<string> Tags { get; set; } = [];

    /// <summary>Mail domains of its people, such as <c>ustc.edu.cn</c>: who confirms an address there belongs to it without asking.</summary>
    public List<string> EmailDomains { get; set; } = [];

    public bool IsActive { get; set; } = true;

    public required Instant CreatedAt { get; init; }
}
