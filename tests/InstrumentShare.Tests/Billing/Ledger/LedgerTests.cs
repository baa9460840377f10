using System.Net;
using System.Net.Http.Json;
using InstrumentShare.Access;
using InstrumentShare.Billing.Ledger;
using InstrumentShare.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Tests.Billing.Ledger;

/// <summary>What the database promises of a ledger, and what an administrator does with it.</summary>
public sealed class LedgerTests(TestHost host) : IClassFixture<TestHost>, IAsyncLifetime
{
    private Institution owner = null!;
    private Person administrator = null!;
    private HttpClient api = null!;
    private Guid bank;
    private Guid income;

    public async Task InitializeAsync()
    {
        host.Clock.Now = FixedClock.Start;
        owner = await host.Given.InstitutionAsync();
        administrator = await host.Given.PersonWithRoleAsync(Role.InstitutionAdministrator, owner);
        api = await host.ApiAsync(administrator);
        bank = await host.Given.AccountAsync(owner.Id, LedgerAccountKind.Institution, owner.Id.Value);
        income = await host.Given.AccountAsync(owner.Id, LedgerAccountKind.Income);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Balances_move_with_the_lines()
    {
        await host.Given.PostedAsync(owner.Id, LedgerEntryKind.Transfer, (bank, -1234), (income, 1234));
        await host.Given.PostedAsync(owner.Id, LedgerEntryKind.Transfer, (bank, 34), (income, -34));
        (await BalanceAsync(income)).ShouldBe(1200);
        (await BalanceAsync(bank)).ShouldBe(-1200);
    }

    [Fact]
    public async Task Many_entries_of_the_same_accounts_at_once_lose_nothing_and_block_nobody()
    {
        await Task.WhenAll(Enumerable.Range(1, 40).Select(n => host.Given.PostedAsync(owner.Id, LedgerEntryKind.Transfer, n % 2 == 0 ? [(bank, -n), (income, n)] : [(income, n), (bank, -n)])));
        (await BalanceAsync(income)).ShouldBe(820);
        (await BalanceAsync(bank)).ShouldBe(-820);
    }

    [Fact]
    public async Task An_entry_has_two_lines_or_more_that_sum_to_nothing()
    {
        await RefusedAsync("ledger.unbalanced", (bank, -100), (income, 99));
        await RefusedAsync("ledger.unbalanced", (bank, -100));
        await RefusedAsync("ledger.unbalanced");
    }

    [Fact]
    public async Task An_entry_moves_money_within_one_ledger_only()
    {
        var other = await host.Given.InstitutionAsync();
        var foreign = await host.Given.AccountAsync(other.Id, LedgerAccountKind.Income);
        var failure = await Should.ThrowAsync<DbUpdateException>(() => host.Given.PostedAsync(owner.Id, LedgerEntryKind.Transfer, (bank, -100), (foreign, 100)));
        ((PostgresException)failure.InnerException!).SqlState.ShouldBe(PostgresErrorCodes.ForeignKeyViolation);
    }

    [Theory]
    [InlineData("UPDATE ledger_lines SET fen = fen + 1")]
    [InlineData("DELETE FROM ledger_lines")]
    [InlineData("UPDATE ledger_entries SET reason = 'x'")]
    [InlineData("DELETE FROM ledger_entries")]
    [InlineData("TRUNCATE ledger_entries CASCADE")]
    [InlineData("DELETE FROM ledger_periods")]
    public async Task What_was_entered_is_never_changed(string sql)
    {
        await host.Given.PostedAsync(owner.Id, LedgerEntryKind.Transfer, (bank, -1), (income, 1));
        (await Should.ThrowAsync<PostgresException>(() => host.ExecuteAsync(sql))).ConstraintName.ShouldBe("ledger.immutable");
    }

    [Fact]
    public async Task What_may_not_be_overspent_never_falls_below_its_limit()
    {
        var deposit = await host.Given.AccountAsync(owner.Id, LedgerAccountKind.Deposit, Guid.CreateVersion7());
        await host.Given.PostedAsync(owner.Id, LedgerEntryKind.Transfer, (bank, -100), (deposit, 100));
        await RefusedAsync("fund.short", (deposit, -101), (income, 101));
        await host.Given.PostedAsync(owner.Id, LedgerEntryKind.Transfer, (deposit, -100), (income, 100));
    }

    [Fact]
    public async Task Months_close_in_order_when_they_are_over_and_nothing_more_is_dated_in_them()
    {
        host.Clock.Now = Instant.FromUtc(2026, 1, 20, 0, 0);
        await host.Given.PostedAsync(owner.Id, LedgerEntryKind.Transfer, (bank, -5), (income, 5));
        host.Clock.Now = FixedClock.Start;
        await (await CloseAsync("2026-02-01")).ShouldRefuseAsync(HttpStatusCode.Conflict, "ledger.period-order");
        await (await CloseAsync("2026-01-02")).ShouldRefuseAsync(HttpStatusCode.BadRequest, "ledger.period-month");
        (await CloseAsync("2026-01-01")).StatusCode.ShouldBe(HttpStatusCode.Created);
        await (await CloseAsync("2026-01-01")).ShouldRefuseAsync(HttpStatusCode.Conflict, "ledger.period-order");
        (await CloseAsync("2026-02-01")).StatusCode.ShouldBe(HttpStatusCode.Created);
        await (await CloseAsync("2026-03-01")).ShouldRefuseAsync(HttpStatusCode.Conflict, "ledger.period-open");

        host.Clock.Now = Instant.FromUtc(2026, 2, 27, 0, 0);
        await RefusedAsync("ledger.period-closed", (bank, -5), (income, 5));
        host.Clock.Now = Instant.FromUtc(2026, 3, 1, 0, 0);
        await host.Given.PostedAsync(owner.Id, LedgerEntryKind.Transfer, (bank, -5), (income, 5));
        (await Should.ThrowAsync<PostgresException>(() => host.ExecuteAsync("INSERT INTO ledger_periods (institution_id, month, closed_at) VALUES (@id, '2026-04-01', now())", ("id", owner.Id.Value)))).ConstraintName.ShouldBe("ledger.period-order");
        var periods = await (await api.GetAsync("/api/v1/ledger/periods")).JsonAsync(HttpStatusCode.OK);
        periods.GetProperty("next").GetString().ShouldBe("2026-03-01");
    }

    [Fact]
    public async Task A_month_never_closes_under_an_entry_on_its_way()
    {
        host.Clock.Now = Instant.FromUtc(2026, 1, 20, 0, 0);
        await host.Given.PostedAsync(owner.Id, LedgerEntryKind.Transfer, (bank, -5), (income, 5));
        await using var connection = await host.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var entry = new NpgsqlCommand("INSERT INTO ledger_entries (id, institution_id, kind, booked_on, entered_at) VALUES ($1, $2, 'transfer', '2026-01-31', now())", connection) { Parameters = { new() { Value = Guid.CreateVersion7() }, new() { Value = owner.Id.Value } } };
        await entry.ExecuteNonQueryAsync();
        host.Clock.Now = FixedClock.Start;
        var closing = CloseAsync("2026-01-01");
        await Task.Delay(300);
        closing.IsCompleted.ShouldBeFalse();
        await transaction.RollbackAsync();
        (await closing).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task An_administrator_enters_a_payment_and_takes_it_back_once()
    {
        var group = await host.Given.AccountAsync(owner.Id, LedgerAccountKind.Group, Guid.CreateVersion7());
        var entered = await (await TransferAsync(null, group, "120.00", "收到汇款")).JsonAsync(HttpStatusCode.Created);
        (await BalanceAsync(group)).ShouldBe(12_000);
        var path = $"/api/v1/ledger/entries/{entered.GetProperty("id").GetGuid()}/reversal";
        await (await api.PostAsJsonAsync(path, new { reason = " " })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "ledger.reason-missing");
        (await api.PostAsJsonAsync(path, new { reason = "记错了组" })).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await BalanceAsync(group)).ShouldBe(0);
        await (await api.PostAsJsonAsync(path, new { reason = "again" })).ShouldRefuseAsync(HttpStatusCode.Conflict, "ledger.reversed-once");

        var entries = (await (await api.GetAsync($"/api/v1/ledger/entries?account={group}")).JsonAsync(HttpStatusCode.OK)).GetProperty("items");
        entries.GetArrayLength().ShouldBe(2);
        entries[0].GetProperty("kind").GetString().ShouldBe("reversal");
        entries[1].GetProperty("reversedById").GetGuid().ShouldBe(entries[0].GetProperty("id").GetGuid());
        var csv = await api.GetStringAsync($"/api/v1/ledger/entries.csv?account={group}");
        csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(5);
        csv.ShouldContain("\"-120.00\"");
    }

    [Theory]
    [InlineData("0.00", "ledger.amount")]
    [InlineData("-5.00", "ledger.amount")]
    [InlineData("1000000000.01", "ledger.amount")]
    [InlineData(null, "ledger.amount-missing")]
    public async Task An_amount_is_above_nothing_and_below_a_typing_error(string? amount, string code) =>
        await (await TransferAsync(null, income, amount, "x")).ShouldRefuseAsync(HttpStatusCode.BadRequest, code);

    [Fact]
    public async Task A_deposit_is_not_overspent_by_hand()
    {
        var deposit = await host.Given.AccountAsync(owner.Id, LedgerAccountKind.Deposit, Guid.CreateVersion7());
        (await TransferAsync(null, deposit, "10.00", "预付")).StatusCode.ShouldBe(HttpStatusCode.Created);
        await (await TransferAsync(deposit, null, "10.01", "退款")).ShouldRefuseAsync(HttpStatusCode.Conflict, "ledger.account-short");
        await (await TransferAsync(deposit, Guid.CreateVersion7(), "1.00", "x")).ShouldRefuseAsync(HttpStatusCode.BadRequest, "ledger.account-unknown");
        await (await TransferAsync(deposit, deposit, "1.00", "x")).ShouldRefuseAsync(HttpStatusCode.BadRequest, "ledger.same-account");
    }

    [Theory]
    [InlineData("administrator", HttpStatusCode.OK, HttpStatusCode.Created)]
    [InlineData("auditor", HttpStatusCode.OK, HttpStatusCode.Forbidden)]
    [InlineData("elsewhere", HttpStatusCode.NotFound, HttpStatusCode.Forbidden)]
    [InlineData("manager", HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData("systemAdministrator", HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData("nobody", HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized)]
    public async Task Who_reads_and_who_enters(string role, HttpStatusCode reads, HttpStatusCode enters)
    {
        var person = role switch
        {
            "administrator" => administrator,
            "auditor" => await host.Given.PersonWithRoleAsync(Role.Auditor),
            "elsewhere" => await host.Given.PersonWithRoleAsync(Role.InstitutionAdministrator, await host.Given.InstitutionAsync()),
            "manager" => await host.Given.PersonWithRoleAsync(Role.LabManager, owner),
            "systemAdministrator" => await host.Given.PersonWithRoleAsync(Role.SystemAdministrator),
            _ => null,
        };
        var client = await host.ApiAsync(person);
        (await client.GetAsync($"/api/v1/ledger/accounts?institution={owner.Id.Value}")).StatusCode.ShouldBe(reads);
        (await client.GetAsync($"/api/v1/ledger/entries?institution={owner.Id.Value}")).StatusCode.ShouldBe(reads);
        (await client.PostAsJsonAsync("/api/v1/ledger/transfers", new { institutionId = owner.Id.Value, toAccountId = income, amount = new { amount = "1.00", currency = "CNY" }, reason = "x" })).StatusCode.ShouldBe(enters);
    }

    [Fact]
    public async Task The_nightly_proof_names_a_balance_that_was_tampered_with_and_tells_the_administrator()
    {
        await host.Given.PostedAsync(owner.Id, LedgerEntryKind.Transfer, (bank, -700), (income, 700));
        var prove = host.Services.GetRequiredService<ProveLedger>();
        (await prove.RunAsync()).Findings.Where(f => f.InstitutionId == owner.Id.Value).ShouldBeEmpty();
        await host.ExecuteAsync("UPDATE ledger_accounts SET balance_fen = balance_fen + 1, held_fen = 5 WHERE id = @id", ("id", income));
        try
        {
            host.Clock.Advance(Duration.FromDays(1));
            var proof = await prove.RunAsync();
            proof.IsSound.ShouldBeFalse();
            proof.Findings.Where(f => f.InstitutionId == owner.Id.Value).ShouldBe(
                [new LedgerFinding(LedgerFault.Balance, owner.Id.Value, income, 700, 701), new LedgerFinding(LedgerFault.Held, owner.Id.Value, income, 0, 5)], ignoreOrder: true);
            (await (await host.ApiAsync()).GetStringAsync("/health/ready")).ShouldBe("Degraded");
            var shown = await (await api.GetAsync("/api/v1/ledger/proof")).JsonAsync(HttpStatusCode.OK);
            shown.GetProperty("isSound").GetBoolean().ShouldBeFalse();
            (await host.ScalarAsync<long>("SELECT count(*) FROM outbox_messages WHERE kind = 'ledger.unsound' AND recipient = @to", ("to", administrator.Email!))).ShouldBe(1);
            var page = await (await host.PagesAsync(administrator)).GetAsync("/ledger/closing");
            page.QuerySelector("[data-findings]").ShouldNotBeNull().TextContent.ShouldContain(income.ToString());
        }
        finally
        {
            await host.ExecuteAsync("UPDATE ledger_accounts SET balance_fen = balance_fen - 1, held_fen = 0 WHERE id = @id", ("id", income));
            host.Clock.Advance(Duration.FromDays(1));
            (await prove.RunAsync()).IsSound.ShouldBeTrue();
        }
    }

    private Task<HttpResponseMessage> CloseAsync(string month) => api.PostAsJsonAsync("/api/v1/ledger/periods", new { institutionId = owner.Id.Value, month });

    private Task<HttpResponseMessage> TransferAsync(Guid? from, Guid? to, string? amount, string reason) =>
        api.PostAsJsonAsync("/api/v1/ledger/transfers", new { institutionId = owner.Id.Value, fromAccountId = from, toAccountId = to, amount = amount is null ? null : new { amount, currency = "CNY" }, reason });

    private Task<long> BalanceAsync(Guid account) => host.ScalarAsync<long>("SELECT balance_fen FROM ledger_accounts WHERE id = @id", ("id", account));

    private async Task RefusedAsync(string code, params (Guid, long)[] lines)
    {
        var failure = await Should.ThrowAsync<Exception>(() => host.Given.PostedAsync(owner.Id, LedgerEntryKind.Transfer, lines));
        (failure as PostgresException ?? failure.InnerException as PostgresException).ShouldNotBeNull().ConstraintName.ShouldBe(code);
    }
}
