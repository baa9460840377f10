using InstrumentShare.Access;
using InstrumentShare.Catalog;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using NodaTime;

namespace InstrumentShare.Bookings.Technicians;

/// <summary>When a technician works every week, between two days, both included; minutes of the local day at their institution.</summary>
public sealed class TechnicianHours
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required PersonId PersonId { get; init; }

    /// <summary>ISO: Monday is 1, Sunday 7.</summary>
    public required short Weekday { get; init; }

    public required short OpensMinute { get; init; }

    public required short ClosesMinute { get; init; }

    public required LocalDate ValidFrom { get; init; }

    public LocalDate? ValidTo { get; set; }

    public OpeningHours ToOpeningHours(InstrumentId instrument) => OpeningHours.Of(instrument, (IsoDayOfWeek)Weekday, OpensMinute, ClosesMinute, ValidFrom, ValidTo);
}

/// <summary>When a technician is not there. Withdrawn, never deleted.</summary>
public sealed class TechnicianAbsence
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required PersonId PersonId { get; init; }

    public required Instant StartsAt { get; init; }

    public required Instant EndsAt { get; init; }

    public string Note { get; init; } = string.Empty;

    public required PersonId CreatedBy { get; init; }

    public required Instant CreatedAt { get; init; }

    public Instant? CancelledAt { get; set; }
}

public sealed class TechnicianMapping : IEntityTypeConfiguration<TechnicianHours>, IEntityTypeConfiguration<TechnicianAbsence>
{
    public void Configure(EntityTypeBuilder<TechnicianHours> builder) => builder.ToTable("technician_hours").HasKey(x => x.Id);

    public void Configure(EntityTypeBuilder<TechnicianAbsence> builder) => builder.ToTable("technician_absences").HasKey(x => x.Id);
}
