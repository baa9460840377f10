using InstrumentShare.Access;
using InstrumentShare.Kernel;
using Microsoft.AspNetCore.Identity;
using NodaTime;

namespace InstrumentShare.Tests.Support;

/// <summary>
/// Things that exist before a test begins. Every default is valid; name only what the test is about. Each module adds its own
/// in a partial file: <c>Given.Instrument.cs</c>, <c>Given.Booking.cs</c> …
/// </summary>
public sealed partial class Given(TestDatabase database, IClock clock)
{
    public const string Password = "correct horse battery";

    private static readonly string Hash = new PasswordHasher<Person>(
        Microsoft.Extensions.Options.Options.Create(new PasswordHasherOptions { IterationCount = 1 })).HashPassword(null!, Password);

    private static int counter;

    private Instant Now => clock.GetCurrentInstant();

    public async Task<Institution> InstitutionAsync(
        InstitutionKind kind = InstitutionKind.University, string region = "CN-3401", string? name = null, IEnumerable<string>? tags = null)
    {
        var number = Next();
        return await SaveAsync(new Institution
        {
            Name = name ?? $"示范机构{number}", NameEn = $"Institution {number}", Kind = kind, Region = new Region(region), Tags = [.. tags ?? []], CreatedAt = Now,
        });
    }

    public async Task<Person> PersonAsync(Institution? institution = null, string? email = null, string name = "张三", string language = "en")
    {
        email ??= $"person{Next()}@example.org";
        return await SaveAsync(new Person
        {
            Id = Guid.CreateVersion7(), Name = name, Language = language, InstitutionId = institution?.Id, CreatedAt = Now,
            Email = email, NormalizedEmail = email.ToUpperInvariant(), UserName = email, NormalizedUserName = email.ToUpperInvariant(),
            EmailConfirmed = true, PasswordHash = Hash, SecurityStamp = Guid.CreateVersion7().ToString(), LockoutEnabled = true,
        });
    }

    /// <summary>A person with one role: everywhere, or in the scope given.</summary>
    public async Task<Person> PersonWithRoleAsync(Role role, Institution? institution = null, Guid? instrumentId = null, GroupId? groupId = null, string? region = null, string? email = null)
    {
        var person = await PersonAsync(institution, email);
        await GrantAsync(person, role, instrumentId ?? groupId?.Value ?? (region is null ? institution?.Id.Value : null),
            instrumentId is not null ? ScopeKind.Instrument : groupId is not null ? ScopeKind.Group : region is not null ? ScopeKind.Region : institution is not null ? ScopeKind.Institution : ScopeKind.All, region);
        return person;
    }

    public async Task GrantAsync(Person person, Role role, Guid? scopeId = null, ScopeKind kind = ScopeKind.All, string? region = null) => await SaveAsync(new RoleGrant
    {
        PersonId = new PersonId(person.Id), Role = role, ScopeKind = kind, ScopeId = scopeId, ScopeRegion = region is null ? null : new Region(region), GrantedAt = Now,
    });

    public async Task<Group> GroupAsync(Institution institution, Person leader, params Person[] members)
    {
        var number = Next();
        var group = await SaveAsync(new Group
        {
            InstitutionId = institution.Id, Name = $"课题组{number}", NameEn = $"Group {number}", LeaderId = new PersonId(leader.Id), CreatedAt = Now,
        });
        foreach (var member in members.Append(leader))
            await SaveAsync(new Membership { GroupId = group.Id, PersonId = new PersonId(member.Id), StartsOn = new LocalDate(2025, 1, 1), CreatedAt = Now });
        return group;
    }

    private static int Next() => Interlocked.Increment(ref counter);

    private async Task<T> SaveAsync<T>(T thing) where T : class
    {
        await using var db = database.NewDb();
        db.Add(thing);
        await db.SaveChangesAsync();
        return thing;
    }
}
