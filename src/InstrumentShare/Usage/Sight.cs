using InstrumentShare.Access;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace InstrumentShare.Usage;

/// <summary>
/// Whose rows a caller may see with a permission: one's own, and those that a role's scope covers. Regions are resolved to
/// their institutions, so that lists filter by ids alone.
/// </summary>
public sealed record Sight(bool Everything, Guid? Self, Guid[] Instruments, Guid[] Owners, Guid[] Payers, Guid[] Groups)
{
    /// <summary>SQL over <c>@everything, @self, @instruments, @owners</c> for a table r with person and instrument i.</summary>
    public const string OfUsage = "(@everything OR r.person_id = @self OR r.instrument_id = ANY(@instruments) OR i.institution_id = ANY(@owners) OR r.group_id = ANY(@groups))";

    /// <summary>The same for charges, which also the payer's institution sees.</summary>
    public const string OfCharges = "(@everything OR r.person_id = @self OR r.instrument_id = ANY(@instruments) OR r.institution_id = ANY(@owners) OR r.user_institution_id = ANY(@payers) OR r.group_id = ANY(@groups))";

    public static async Task<Sight> OfAsync(AppDb db, Caller caller, string permission, CancellationToken cancel)
    {
        var grants = caller.GrantsOf(permission).ToList();
        var owners = Ids(grants, ScopeKind.Institution);
        var regions = grants.Where(g => g.ScopeKind == ScopeKind.Region).Select(g => g.ScopeRegion!.Value.Code + "%").ToArray();
        if (regions.Length > 0)
            owners = [.. owners, .. await db.Database.SqlQuery<Guid>($"SELECT id AS \"Value\" FROM institutions WHERE region LIKE ANY({regions})").ToListAsync(cancel)];
        return new Sight(
            caller.IsJob || grants.Any(g => g.ScopeKind == ScopeKind.All), caller.PersonId?.Value, Ids(grants, ScopeKind.Instrument), owners,
            Ids(grants.Where(g => g.Role is Role.InstitutionAdministrator or Role.Auditor), ScopeKind.Institution), Ids(grants, ScopeKind.Group));
    }

    /// <summary>One's own rows and nothing else.</summary>
    public static Sight OnlyOwn(Caller caller) => new(false, caller.PersonId?.Value, [], [], [], []);

    public void AddTo(NpgsqlParameterCollection parameters)
    {
        parameters.AddWithValue("everything", Everything);
        parameters.AddWithValue("self", Self ?? Guid.Empty);
        parameters.AddWithValue("instruments", Instruments);
        parameters.AddWithValue("owners", Owners);
        parameters.AddWithValue("payers", Payers);
        parameters.AddWithValue("groups", Groups);
    }

    private static Guid[] Ids(IEnumerable<RoleGrant> grants, ScopeKind kind) => [.. grants.Where(g => g.ScopeKind == kind).Select(g => g.ScopeId!.Value)];
}
