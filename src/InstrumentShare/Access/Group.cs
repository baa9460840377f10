using NodaTime;

namespace InstrumentShare.Access;

/// <summary>A research group (课题组) with the PI who answers for it.</summary>
public sealed class Group
{
    public GroupId Id { get; init; } = GroupId.From(Guid.CreateVersion7());

    public required InstitutionId InstitutionId { get; init; }

    public required string Name { get; set; }

    public required string NameEn { get; set; }

    public required PersonId LeaderId { get; set; }

    public bool IsActive { get; set; } = true;

    public required Instant CreatedAt { get; init; }
}

/// <summary>A person in a group from one day to another, both included; open-ended without an end.</summary>
public sealed class Membership
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required GroupId GroupId { get; init; }

    public required PersonId PersonId { get; init; }

    public required LocalDate StartsOn { get; init; }

    public LocalDate? EndsOn { get; set; }

    public required Instant CreatedAt { get; init; }
}
