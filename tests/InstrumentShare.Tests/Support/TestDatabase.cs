using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace InstrumentShare.Tests.Support;

/// <summary>A database of its own for a test class, without a host. Use as <c>IClassFixture&lt;TestDatabase&gt;</c>.</summary>
public class TestDatabase : IAsyncLifetime
{
    public string ConnectionString { get; private set; } = string.Empty;

    public NpgsqlDataSource DataSource { get; private set; } = null!;

    public virtual async Task InitializeAsync()
    {
        Open(await (await TestServer.RunningAsync()).CloneAsync());
    }

    protected void Open(string connectionString) => (ConnectionString, DataSource) = (connectionString, NpgsqlDataSource.Create(connectionString));

    public virtual async Task DisposeAsync()
    {
        await DataSource.DisposeAsync();
        await (await TestServer.RunningAsync()).DropAsync(ConnectionString);
    }

    /// <summary>A context of its own: what it reads was really saved.</summary>
    public AppDb NewDb() => new(new DbContextOptionsBuilder<AppDb>().UseNpgsql(DataSource).Options);

    public async Task<int> ExecuteAsync(string sql, params (string Name, object Value)[] parameters)
    {
        await using var command = DataSource.CreateCommand(sql);
        foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value);
        return await command.ExecuteNonQueryAsync();
    }

    public async Task<T> ScalarAsync<T>(string sql, params (string Name, object Value)[] parameters)
    {
        await using var command = DataSource.CreateCommand(sql);
        foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
