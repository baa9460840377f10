namespace InstrumentShare.Persistence;

/// <summary>The embedded database. Used only when no connection string is given.</summary>
public sealed class PostgresOptions
{
    public const string Section = "Postgres";

    /// <summary>Folder for data, mail and keys. Empty: <c>./.data</c>, or <c>/var/lib/instrumentshare</c> as root. <c>INSTRUMENTSHARE_DATA</c> sets it too.</summary>
    public string DataFolder { get; set; } = string.Empty;

    /// <summary>Folder with <c>bin/initdb</c>, <c>bin/pg_ctl</c> and <c>bin/postgres</c>. Empty: the binaries that were restored with the build.</summary>
    public string BinariesFolder { get; set; } = string.Empty;

    /// <summary>PostgreSQL's <c>shared_buffers</c>.</summary>
    public string SharedBuffers { get; set; } = "256MB";

    /// <summary>Whether commits reach the disk before they are answered. Switch off only for tests that throw the data away.</summary>
    public bool Fsync { get; set; } = true;

    /// <summary>A direct connection for migrations, when the ordinary one goes through a pooler in transaction mode. Empty: the ordinary one.</summary>
    public string MigrationConnection { get; set; } = string.Empty;
}
