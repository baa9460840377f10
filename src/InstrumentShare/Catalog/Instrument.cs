using InstrumentShare.Access;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Catalog;

/// <summary>One instrument with the fields of the national record. Lengths are in characters.</summary>
public sealed class Instrument
{
    public InstrumentId Id { get; init; } = InstrumentId.From(Guid.CreateVersion7());

    public required InstitutionId InstitutionId { get; init; }

    /// <summary>所在单位仪器编号: unique within the institution.</summary>
    public required string InnerId { get; set; }

    public required string Name { get; set; }

    public required string NameEn { get; set; }

    public string Model { get; set; } = string.Empty;

    public string Manufacturer { get; set; } = string.Empty;

    /// <summary>Six digits of the national classification.</summary>
    public required string Classification { get; set; }

    public BelongsTo BelongsTo { get; set; }

    public string BelongsToName { get; set; } = string.Empty;

    /// <summary>Where it stands; the institution's region may be another.</summary>
    public required Region Region { get; set; }

    public string Street { get; set; } = string.Empty;

    public required Money OriginalValue { get; set; }

    /// <summary>成套: one record for a set of instruments.</summary>
    public bool IsSet { get; set; }

    public Funding Funding { get; set; }

    /// <summary>Words of <see cref="FundSource"/>.</summary>
    public List<string> Funds { get; set; } = [];

    public InstrumentSource Source { get; set; }

    public InstrumentKind Kind { get; set; }

    /// <summary>主要学科领域, by Chinese name, at most four.</summary>
    public List<string> Subjects { get; set; } = [];

    /// <summary>产地国别, by Chinese name.</summary>
    public string Nation { get; set; } = string.Empty;

    /// <summary>年总运行机时, as its institution reports it: hours a year, at most two decimals.</summary>
    public decimal? RunHours { get; set; }

    /// <summary>年服务机时, as its institution reports it: hours a year, at most two decimals.</summary>
    public decimal? ServiceHours { get; set; }

    public LocalDate? AcceptedOn { get; set; }

    /// <summary>When it joined the sharing network.</summary>
    public LocalDate? EnrolledOn { get; set; }

    /// <summary>建账日期.</summary>
    public LocalDate? BeginOn { get; set; }

    public string Technical { get; set; } = string.Empty;

    public string Function { get; set; } = string.Empty;

    public string Requirement { get; set; } = string.Empty;

    public string Fee { get; set; } = string.Empty;

    public string ServiceContent { get; set; } = string.Empty;

    public string ServiceUrl { get; set; } = string.Empty;

    public bool CustomsSupervised { get; set; }

    public string InsideDepart { get; set; } = string.Empty;

    public string Contact { get; set; } = string.Empty;

    public string Phone { get; set; } = string.Empty;

    public string Email { get; set; } = string.Empty;

    public string Address { get; set; } = string.Empty;

    public string PostalCode { get; set; } = string.Empty;

    public Sharing Sharing { get; set; }

    public InstrumentStatus Status { get; set; }

    /// <summary>Whether others than its managers see it.</summary>
    public bool IsVisible { get; set; } = true;

    public bool TakesBookings { get; set; } = true;

    /// <summary>How many bookings may stand at the same time: a tray of ten is ten.</summary>
    public short Capacity { get; set; } = 1;

    public string TimeZone { get; set; } = "Asia/Shanghai";

    /// <summary>Grows with every change that a booking decision depends on.</summary>
    public long RulesVersion { get; private set; } = 1;

    /// <summary>Grows with every change: the ETag.</summary>
    public long Version { get; private set; } = 1;

    public required Instant CreatedAt { get; init; }

    public required Instant UpdatedAt { get; set; }

    /// <summary>A role over a region covers the institutions of the region, wherever their instruments stand.</summary>
    public Scope ScopeAt(Region institutionRegion) => new(Id.Value, InstitutionId.Value, Region: institutionRegion);

    /// <summary>Marks a change; one that bookings depend on also makes every decision read before it void.</summary>
    public void Changed(Instant now, bool rules = false)
    {
        Version++;
        if (rules) RulesVersion++;
        UpdatedAt = now;
    }
}
