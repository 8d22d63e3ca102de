#!/bin/sh
# Like the official image it makes its tables at the first start, with root's password from the environment or a file.
set -eu
data=/var/lib/mysql
if [ ! -d "$data/mysql" ]; then
  mysqld --no-defaults --initialize-insecure --datadir="$data" --secure-file-priv=NULL
fi
password=${MYSQL_ROOT_PASSWORD:-$(cat "$MYSQL_ROOT_PASSWORD_FILE")}
cat > /run/mysqld/init.sql <<SQL
ALTER USER root@localhost IDENTIFIED BY '$password';
CREATE USER IF NOT EXISTS root@'%' IDENTIFIED BY '$password';
ALTER USER root@'%' IDENTIFIED BY '$password';
GRANT ALL PRIVILEGES ON *.* TO root@'%' WITH GRANT OPTION;
SQL
command=$1
shift
exec "$command" --no-defaults --datadir="$data" --socket=/run/mysqld/mysqld.sock --secure-file-priv=NULL --mysqlx=OFF \
  --skip-name-resolve --host-cache-size=0 --init-file=/run/mysqld/init.sql "$@"
