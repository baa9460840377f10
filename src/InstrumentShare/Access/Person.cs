using Microsoft.AspNetCore.Identity;
using NodaTime;

namespace InstrumentShare.Access;

/// <summary>A person with an account.</summary>
public sealed class Person : IdentityUser<Guid>
{
    public required string Name { get; set; }

    public string? NameEn { get; set; }

    /// <summary><c>zh-CN</c> or <c>en</c>: the language of mail, and of pages until another is chosen.</summary>
    public string Language { get; set; } = "zh-CN";

    /// <summary>Where the person belongs: decides prices and what an institution administrator sees.</summary>
    public InstitutionId? InstitutionId { get; set; }

    /// <summary>Where the person says they belong, until the institution or their mail domain confirms it.</summary>
    public InstitutionId? ClaimedInstitutionId { get; set; }

    /// <summary>Invented for the demo region; never a real person.</summary>
    public bool IsDemo { get; init; }

    public bool IsActive { get; set; } = true;

    /// <summary>The last day on which the account may be used.</summary>
    public LocalDate? ExpiresOn { get; set; }

    public required Instant CreatedAt { get; init; }
}
