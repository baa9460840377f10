using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace InstrumentShare.Bookings;

/// <summary>
/// The connection a booking is written on: the request's own where a transaction is open on it already (a repeated request is
/// remembered in that one), else one of its own, with a transaction only when more than one statement must stand together.
/// </summary>
internal sealed class BookingSession : IAsyncDisposable
{
    private readonly NpgsqlTransaction? transaction;
    private readonly bool isOwn;

    private BookingSession(NpgsqlConnection connection, NpgsqlTransaction? transaction, bool isOwn) => (Connection, this.transaction, this.isOwn) = (connection, transaction, isOwn);

    public NpgsqlConnection Connection { get; }

    public static async Task<BookingSession> OpenAsync(AppDb db, NpgsqlDataSource database, bool inTransaction, CancellationToken cancel)
    {
        if (db.Database.CurrentTransaction is not null) return new BookingSession((NpgsqlConnection)db.Database.GetDbConnection(), null, isOwn: false);
        var connection = await database.OpenConnectionAsync(cancel);
        return new BookingSession(connection, inTransaction ? await connection.BeginTransactionAsync(cancel) : null, isOwn: true);
    }

    public Task CommitAsync(CancellationToken cancel) => transaction?.CommitAsync(cancel) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (transaction is not null) await transaction.DisposeAsync();
        if (isOwn) await Connection.DisposeAsync();
    }
}
