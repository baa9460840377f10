using InstrumentShare.Access;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Orders.Results;

public readonly record struct ResultFileId(Guid Value) : ITypedId<ResultFileId>
{
    public static ResultFileId From(Guid value) => new(value);
}

/// <summary>A file with results. After its last day its bytes are removed; the record, its digest and the log of downloads stay.</summary>
public sealed class ResultFile
{
    public ResultFileId Id { get; init; } = ResultFileId.From(Guid.CreateVersion7());

    public required OrderId OrderId { get; init; }

    public OrderLineId? LineId { get; init; }

    public required string Name { get; init; }

    public required string MediaType { get; init; }

    /// <summary>In bytes.</summary>
    public required long Size { get; init; }

    /// <summary>SHA-256 of its bytes, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    public required PersonId UploadedBy { get; init; }

    public required Instant UploadedAt { get; init; }

    /// <summary>The last day, at the lab.</summary>
    public required LocalDate ExpiresOn { get; init; }

    /// <summary>The end of that day.</summary>
    public required Instant ExpiresAt { get; init; }

    public Instant? RemindedAt { get; set; }

    public Instant? RemovedAt { get; set; }
}

/// <summary>Who downloaded a file when; never changed.</summary>
public sealed class ResultDownload
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required ResultFileId FileId { get; init; }

    public required PersonId PersonId { get; init; }

    public required Instant DownloadedAt { get; init; }
}
